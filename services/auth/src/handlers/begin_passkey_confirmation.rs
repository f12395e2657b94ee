//! `PasskeyService.BeginPasskeyConfirmation`.

use confab_rpc::Caller;

use super::{passkeys, require_session};
use crate::domain::Purpose;
use crate::error::Error;
use crate::service::AuthService;

/// Asks a passkey of `caller` to prove that it is still them. Returns what is for
/// the browser.
pub async fn begin_passkey_confirmation(service: &AuthService, caller: Caller) -> Result<String, Error> {
    require_session(service, caller).await?;
    passkeys::ask(service, caller.user, Purpose::Confirm).await?.ok_or(Error::NoSuchPasskey)
}
