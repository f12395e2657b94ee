//! `internal.UserDirectoryService.CheckContact`.

use confab_core::UserId;

use crate::domain::{Contact, ContactPolicy};
use crate::error::Error;
use crate::service::AuthService;

/// Tells whether `caller` may say something to `other` alone.
pub async fn check_contact(service: &AuthService, caller: UserId, other: UserId) -> Result<Contact, Error> {
    // Both are asked for whatever the first says, so that the time tells nothing.
    let apart = service.stores.blocks.stands_between(caller, other).await?;
    let policies = service.stores.users.contact_policies(&[other]).await?;
    let policy = match policies.first() {
        Some((_, policy)) => *policy,
        // Whoever is gone hears nothing any more.
        None if !service.stores.departures.find_departed(&[other]).await?.is_empty() => ContactPolicy::Nobody,
        None => ContactPolicy::Anyone,
    };
    Ok(if apart { Contact::Blocked } else { policy.into() })
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
        for (one, other, expected) in [
            (ada, bob.id, Contact::Blocked),
            (bob.id, ada, Contact::Blocked),
            (ada, ada, Contact::Open),
            (ada, nobody, Contact::Open),
        ] {
            assert_eq!(check_contact(&service, one, other).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn who_may_contact_somebody_is_for_them_to_say() {
        let (service, _folder) = test_service().await;
        let ((ada, _), bob) = (join(&service).await, bob(&service).await);
        for (policy, expected) in [
            (ContactPolicy::Nobody, Contact::Blocked),
            (ContactPolicy::SharedGroup, Contact::GroupsOnly),
            (ContactPolicy::Anyone, Contact::Open),
        ] {
            service.stores.users.set_contact_policy(bob.id, policy).await.unwrap();
            assert_eq!(check_contact(&service, ada.user.id, bob.id).await.unwrap(), expected);
            assert_eq!(check_contact(&service, bob.id, ada.user.id).await.unwrap(), Contact::Open);
        }
    }
}
