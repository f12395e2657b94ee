//! What every [`IdentityStore`](crate::store::IdentityStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Attempt, BindingCode, Identity, IdentityId, StateCode};
use crate::store::Linked;

fn identity(user: UserId, provider: &str, subject: &str) -> Identity {
    let (id, email) = (IdentityId::new(NOW), "ada@example.com".to_owned());
    let (provider, subject) = (provider.parse().unwrap(), subject.to_owned());
    Identity { id, user, provider, subject, email, created: NOW }
}

#[tokio::test]
async fn somebody_elsewhere_is_one_person_here() {
    for TestStore { name, stores, .. } in &every_store("identities").await {
        let (identities, ada, bob) = (&stores.identities, UserId::new(NOW), UserId::new(NOW));
        let first = identity(ada, "one", "248289761001");
        // What comes first is known by the time in the id.
        let second = Identity { id: IdentityId::new(later(1)), ..identity(ada, "two", "248289761001") };
        for linked in [&first, &second] {
            assert_eq!(identities.link(linked).await.unwrap(), Linked::Yes, "{name}");
        }
        let taken = identity(bob, "one", "248289761001");
        assert_eq!(identities.link(&taken).await.unwrap(), Linked::Taken, "{name}");
        let other = identity(bob, "one", "248289761002");
        assert_eq!(identities.link(&other).await.unwrap(), Linked::Yes, "{name}");
        let found = identities.find_identity(&first.provider, "248289761001").await.unwrap();
        assert_eq!(found.as_ref(), Some(&first), "{name}");
        assert_eq!(identities.find_identity(&second.provider, "248289761002").await.unwrap(), None, "{name}");
        assert_eq!(identities.list_identities(ada).await.unwrap(), [first.clone(), second.clone()], "{name}");

        identities.unlink(bob, first.id).await.unwrap();
        identities.unlink(ada, second.id).await.unwrap();
        identities.unlink(ada, second.id).await.unwrap();
        assert_eq!(identities.list_identities(ada).await.unwrap(), [first], "{name}");
    }
}

#[tokio::test]
async fn whoever_comes_back_from_a_provider_does_so_once_and_in_time() {
    for TestStore { name, stores, .. } in &every_store("attempts").await {
        let identities = &stores.identities;
        let attempt = |user| Attempt {
            state: StateCode::generate().unwrap().hash(),
            binding: BindingCode::generate().unwrap().hash(),
            provider: "one".parse().unwrap(),
            user,
            expires: later(600),
        };
        let (entry, link) = (attempt(None), attempt(Some(UserId::new(NOW))));
        for begun in [&entry, &link] {
            identities.begin_attempt(begun).await.unwrap();
        }
        assert_eq!(identities.take_attempt(entry.state, later(600)).await.unwrap(), None, "{name}");
        let racing = (0..20).map(|_| {
            let (identities, state) = (identities.clone(), entry.state);
            tokio::spawn(async move { identities.take_attempt(state, NOW).await.unwrap() })
        });
        let mut taken = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            taken.extend(racer.await.unwrap());
        }
        assert_eq!(taken, [entry], "{name}");
        assert_eq!(identities.take_attempt(link.state, later(599)).await.unwrap(), Some(link), "{name}");
    }
}
