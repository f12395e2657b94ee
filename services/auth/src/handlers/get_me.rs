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

#[cfg(test)]
mod tests {
    use confab_core::UserId;

    use super::*;
    use crate::handlers::log_out;
    use crate::service::testing::{caller, join, test_service};

    #[tokio::test]
    async fn a_session_is_good_until_it_ends() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        assert_eq!(get_me(&service, caller(&session)).await.unwrap(), account);
        log_out(&service, caller(&session)).await.unwrap();
        assert!(matches!(get_me(&service, caller(&session)).await, Err(Error::SessionEnded)));
    }

    #[tokio::test]
    async fn a_session_is_good_for_its_owner_only() {
        let (service, _folder) = test_service().await;
        let (_, session) = join(&service).await;
        let other = Caller { user: UserId::new(session.created), ..caller(&session) };
        assert!(matches!(get_me(&service, other).await, Err(Error::SessionEnded)));
    }
}
