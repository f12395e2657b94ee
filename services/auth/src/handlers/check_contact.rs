//! `internal.UserDirectoryService.CheckContact`.

use confab_core::UserId;

use crate::error::Error;
use crate::service::AuthService;

/// Tells whether either of the two has blocked the other.
pub async fn check_contact(service: &AuthService, one: UserId, other: UserId) -> Result<bool, Error> {
    Ok(service.stores.blocks.stands_between(one, other).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{bob, join, test_service};

    #[tokio::test]
    async fn a_block_stands_between_two_whoever_is_named_first() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        let (ada, nobody) = (ada.user.id, UserId::new(session.created));
        service.stores.blocks.insert(ada, bob.id, session.created).await.unwrap();
        for (one, other, expected) in
            [(ada, bob.id, true), (bob.id, ada, true), (ada, ada, false), (ada, nobody, false)]
        {
            assert_eq!(check_contact(&service, one, other).await.unwrap(), expected);
        }
    }
}
