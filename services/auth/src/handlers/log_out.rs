//! `AuthService.LogOut`.

use confab_rpc::Caller;

use crate::error::Error;
use crate::service::AuthService;

/// Ends the session of `caller`. That it has ended already is what they wanted.
pub async fn log_out(service: &AuthService, caller: Caller) -> Result<(), Error> {
    Ok(service.stores.sessions.delete(caller.session).await?)
}
