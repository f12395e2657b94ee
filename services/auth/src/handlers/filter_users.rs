//! `internal.UserDirectoryService.FilterUsers`.

use confab_core::UserId;

use super::batch_get_users;
use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `ids` that belong to people, without those of whom `caller`
/// has blocked one, or the other way round.
pub async fn filter_users(
    service: &AuthService,
    caller: UserId,
    ids: Vec<UserId>,
) -> Result<Vec<UserId>, Error> {
    let apart = service.stores.blocks.list_apart(caller, &ids).await?;
    let people = batch_get_users(service, ids).await?;
    Ok(people.into_iter().map(|user| user.id).filter(|user| !apart.contains(user)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{bob, join, test_service};

    #[tokio::test]
    async fn only_people_are_left() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        let (somebody, nobody) = (account.user.id, UserId::new(session.created));
        assert_eq!(filter_users(&service, nobody, vec![nobody, somebody]).await.unwrap(), [somebody]);
        assert_eq!(filter_users(&service, somebody, vec![]).await.unwrap(), []);
    }

    #[tokio::test]
    async fn those_who_are_kept_apart_are_nobody_to_each_other() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await.id);
        let (ada, eve) = (ada.user.id, UserId::new(session.created));
        service.stores.blocks.insert(ada, bob, session.created).await.unwrap();
        let both = || vec![ada, bob];
        assert_eq!(filter_users(&service, ada, both()).await.unwrap(), [ada]);
        assert_eq!(filter_users(&service, bob, both()).await.unwrap(), [bob]);
        assert_eq!(filter_users(&service, eve, both()).await.unwrap(), both());
    }
}
