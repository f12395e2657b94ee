//! `UserService.BlockUser`.

use confab_core::UserId;
use confab_rpc::Caller;

use super::{get_user, require_session};
use crate::domain::Person;
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Blocked;

/// Keeps `other` and `caller` from talking with each other alone.
pub async fn block_user(service: &AuthService, caller: Caller, other: UserId) -> Result<(), Error> {
    require_session(service, caller).await?;
    if other == caller.user {
        return Err(Error::Oneself);
    }
    match get_user(service, other).await? {
        Person::Here(_) => {}
        Person::Gone(user) => return Err(Error::NoSuchUser { user }),
    }
    match service.stores.blocks.insert(caller.user, other, service.clock.now()).await? {
        Blocked::Yes => Ok(()),
        Blocked::TooMany => Err(Error::TooManyBlocked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Block;
    use crate::handlers::log_out;
    use crate::service::testing::{bob, caller, join, test_service};

    #[tokio::test]
    async fn somebody_is_blocked_once_however_often_they_are() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        for _ in 0..2 {
            block_user(&service, caller(&session), bob.id).await.unwrap();
        }
        assert!(service.stores.blocks.stands_between(ada.user.id, bob.id).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_blocks_themselves_or_nobody() {
        let (service, _folder) = test_service().await;
        let (ada, session) = join(&service).await;
        let oneself = block_user(&service, caller(&session), ada.user.id).await;
        assert!(matches!(oneself, Err(Error::Oneself)));

        let nobody = UserId::new(session.created);
        let refused = block_user(&service, caller(&session), nobody).await;
        assert!(matches!(refused, Err(Error::NoSuchUser { user }) if user == nobody));
    }

    #[tokio::test]
    async fn who_has_blocked_too_many_is_told_so() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        for _ in 0..Block::COUNT_MAX {
            let somebody = UserId::new(session.created);
            service.stores.blocks.insert(ada.user.id, somebody, session.created).await.unwrap();
        }
        let refused = block_user(&service, caller(&session), bob.id).await;
        assert!(matches!(refused, Err(Error::TooManyBlocked)));
    }

    #[tokio::test]
    async fn who_has_logged_out_blocks_nobody() {
        let (service, _folder) = test_service().await;
        let ((_, session), bob) = (join(&service).await, bob(&service).await);
        log_out(&service, caller(&session)).await.unwrap();
        let refused = block_user(&service, caller(&session), bob.id).await;
        assert!(matches!(refused, Err(Error::SessionEnded)));
    }
}
