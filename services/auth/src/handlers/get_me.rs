//! `AuthService.GetMe`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::Account;
use crate::error::Error;
use crate::service::AuthService;

/// Returns the account of `caller`.
pub async fn get_me(service: &AuthService, caller: Caller) -> Result<Account, Error> {
    require_session(service, caller).await?;
    let account = service.stores.users.find(caller.user).await?;
    // An account that is gone has no sessions; that it is found out here and
    // not there is a matter of moments.
    account.ok_or(Error::SessionEnded)
}
