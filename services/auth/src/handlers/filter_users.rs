//! `internal.UserDirectoryService.FilterUsers`.

use std::collections::HashMap;

use confab_core::UserId;

use crate::domain::{Contact, ContactPolicy};
use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `ids` that belong to people with whom `caller` may have to
/// do, each once, and how: none of them is [`Contact::Blocked`].
pub async fn filter_users(
    service: &AuthService,
    caller: UserId,
    ids: Vec<UserId>,
) -> Result<Vec<(UserId, Contact)>, Error> {
    let apart = service.stores.blocks.list_apart(caller, &ids).await?;
    let policies = service.stores.users.contact_policies(&ids).await?;
    let mut policies: HashMap<UserId, ContactPolicy> = policies.into_iter().collect();
    let people = ids.into_iter().filter(|user| !apart.contains(user));
    let people = people.filter_map(|user| Some((user, Contact::from(policies.remove(&user)?))));
    Ok(people.filter(|(_, contact)| *contact != Contact::Blocked).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{bob, join, test_service};

    async fn left(service: &AuthService, caller: UserId, ids: &[UserId]) -> Vec<UserId> {
        let left = filter_users(service, caller, ids.to_vec()).await.unwrap();
        left.into_iter().map(|(user, _)| user).collect()
    }

    #[tokio::test]
    async fn only_people_are_left() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        let (somebody, nobody) = (account.user.id, UserId::new(session.created));
        assert_eq!(left(&service, nobody, &[nobody, somebody, somebody]).await, [somebody]);
        assert_eq!(left(&service, somebody, &[]).await, []);
    }

    #[tokio::test]
    async fn those_who_are_kept_apart_are_nobody_to_each_other() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await.id);
        let (ada, eve) = (ada.user.id, UserId::new(session.created));
        service.stores.blocks.insert(ada, bob, session.created).await.unwrap();
        assert_eq!(left(&service, ada, &[ada, bob]).await, [ada]);
        assert_eq!(left(&service, bob, &[ada, bob]).await, [bob]);
        assert_eq!(left(&service, eve, &[ada, bob]).await, [ada, bob]);
    }

    #[tokio::test]
    async fn those_whom_nobody_may_contact_are_nobody() {
        let (service, _folder) = test_service().await;
        let ((ada, _), bob) = (join(&service).await, bob(&service).await.id);
        let (users, ada) = (&service.stores.users, ada.user.id);
        users.set_contact_policy(bob, ContactPolicy::SharedGroup).await.unwrap();
        let found = filter_users(&service, ada, vec![ada, bob]).await.unwrap();
        assert_eq!(found, [(ada, Contact::Open), (bob, Contact::GroupsOnly)]);
        users.set_contact_policy(bob, ContactPolicy::Nobody).await.unwrap();
        assert_eq!(left(&service, ada, &[ada, bob]).await, [ada]);
    }
}
