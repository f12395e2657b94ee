//! `UserService.UnblockUser`.

use confab_core::UserId;
use confab_rpc::Caller;

use super::require_session;
use crate::error::Error;
use crate::service::AuthService;

/// Takes the block of `other` by `caller` back. That there is none is what they wanted.
pub async fn unblock_user(service: &AuthService, caller: Caller, other: UserId) -> Result<(), Error> {
    require_session(service, caller).await?;
    Ok(service.stores.blocks.delete(caller.user, other).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Contact;
    use crate::handlers::{block_user, check_contact};
    use crate::service::testing::{bob, caller, join, test_service};

    #[tokio::test]
    async fn a_block_is_taken_back_once_and_for_all() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        block_user(&service, caller(&session), bob.id).await.unwrap();
        for _ in 0..2 {
            unblock_user(&service, caller(&session), bob.id).await.unwrap();
            assert_eq!(check_contact(&service, ada.user.id, bob.id).await.unwrap(), Contact::Open);
        }
    }

    #[tokio::test]
    async fn nobody_takes_back_the_block_of_another() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        service.stores.blocks.insert(bob.id, ada.user.id, session.created).await.unwrap();
        unblock_user(&service, caller(&session), bob.id).await.unwrap();
        assert_eq!(check_contact(&service, ada.user.id, bob.id).await.unwrap(), Contact::Blocked);
    }
}
