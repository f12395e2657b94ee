//! `PasskeyService.BeginPasskeyRegistration`.

use confab_rpc::Caller;

use super::{passkeys, step_up};
use crate::domain::{Passkey, Password, Purpose};
use crate::error::Error;
use crate::service::AuthService;

/// Asks for a new passkey of `caller`, who shows the `password` unless they have
/// proved otherwise that it is still them. Returns what is for the browser.
pub async fn begin_passkey_registration(
    service: &AuthService,
    caller: Caller,
    password: Option<Password>,
) -> Result<String, Error> {
    step_up::require_or_password(service, caller, password).await?;
    let account = service.stores.users.find(caller.user).await?.ok_or(Error::SessionEnded)?;
    let others = service.stores.passkeys.list(caller.user).await?;
    if others.len() >= Passkey::PER_USER_MAX {
        return Err(Error::TooManyPasskeys);
    }
    let asking = service.webauthn.ask_for_new(&account, &others).map_err(Error::Webauthn)?;
    passkeys::keep(service, asking, Purpose::Register, Some(caller.user)).await
}
