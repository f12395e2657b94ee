//! `PasskeyService.ListPasskeys`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::Passkey;
use crate::error::Error;
use crate::service::AuthService;

/// The passkeys of `caller`, the first one first.
pub async fn list_passkeys(service: &AuthService, caller: Caller) -> Result<Vec<Passkey>, Error> {
    require_session(service, caller).await?;
    Ok(service.stores.passkeys.list(caller.user).await?)
}
