//! What every [`PasskeyStore`](crate::store::PasskeyStore) and
//! [`CeremonyStore`](crate::store::CeremonyStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Ceremony, CredentialId, DeviceName, Passkey, PasskeyId, Purpose};
use crate::store::Added;

fn passkey(user: UserId, number: u8) -> Passkey {
    Passkey {
        id: PasskeyId::new(later(number.into())),
        user,
        name: DeviceName::new("Ada's phone").unwrap(),
        credential: CredentialId::new([user.as_uuid().as_bytes().as_slice(), &[number]].concat()).unwrap(),
        public_key: vec![1, 2, 3],
        algorithm: -7,
        counter: 0,
        backup_eligible: true,
        backed_up: false,
        created: later(number.into()),
        used: None,
    }
}

fn ceremony(challenge: u8, purpose: Purpose) -> Ceremony {
    Ceremony { hash: Ceremony::hash_of(&[challenge]), purpose, user: None, expires: later(300) }
}

#[tokio::test]
async fn people_add_rename_and_remove_their_own_passkeys() {
    for TestStore { name, stores, .. } in &every_store("passkeys").await {
        let (passkeys, ada, bob) = (&stores.passkeys, UserId::new(NOW), UserId::new(NOW));
        let [first, second, other] = [passkey(ada, 1), passkey(ada, 2), passkey(bob, 1)];
        for added in [&first, &second, &other] {
            assert_eq!(passkeys.insert(added).await.unwrap(), Added::Yes, "{name}");
        }
        let stolen = Passkey { credential: first.credential.clone(), ..passkey(bob, 3) };
        assert_eq!(passkeys.insert(&stolen).await.unwrap(), Added::Taken, "{name}");
        assert_eq!(passkeys.list(ada).await.unwrap(), [first.clone(), second.clone()], "{name}");
        let found = passkeys.find_by_credential(&other.credential).await.unwrap();
        assert_eq!(found, Some(other.clone()), "{name}");
        assert_eq!(stores.factors.find(ada).await.unwrap().passkeys, 2, "{name}");

        let renamed = DeviceName::new("A stick").unwrap();
        assert!(passkeys.rename(ada, first.id, &renamed).await.unwrap(), "{name}");
        assert!(!passkeys.rename(bob, first.id, &renamed).await.unwrap(), "{name}");
        passkeys.delete(bob, first.id).await.unwrap();
        passkeys.delete(ada, second.id).await.unwrap();
        passkeys.delete(ada, second.id).await.unwrap();
        assert_eq!(passkeys.list(ada).await.unwrap(), [Passkey { name: renamed, ..first }], "{name}");
    }
}

#[tokio::test]
async fn nobody_has_more_passkeys_than_they_need() {
    for TestStore { name, stores, .. } in &every_store("passkeys_many").await {
        let ada = UserId::new(NOW);
        for number in 0..20 {
            assert_eq!(stores.passkeys.insert(&passkey(ada, number)).await.unwrap(), Added::Yes, "{name}");
        }
        assert_eq!(stores.passkeys.insert(&passkey(ada, 20)).await.unwrap(), Added::TooMany, "{name}");
        let bob = passkey(UserId::new(NOW), 1);
        assert_eq!(stores.passkeys.insert(&bob).await.unwrap(), Added::Yes, "{name}");
    }
}

#[tokio::test]
async fn a_passkey_counts_upwards_or_not_at_all() {
    for TestStore { name, stores, .. } in &every_store("passkeys_count").await {
        let (passkeys, key) = (&stores.passkeys, passkey(UserId::new(NOW), 1));
        passkeys.insert(&key).await.unwrap();
        for (counter, good) in
            [(0, true), (0, true), (5, true), (5, false), (4, false), (0, false), (6, true)]
        {
            let noted = passkeys.note_use(key.id, counter, true, later(9)).await.unwrap();
            assert_eq!(noted, good, "{name}: {counter}");
        }
        let found = passkeys.find_by_credential(&key.credential).await.unwrap().unwrap();
        assert_eq!((found.counter, found.backed_up, found.used), (6, true, Some(later(9))), "{name}");
    }
}

#[tokio::test]
async fn what_a_passkey_was_asked_is_answered_once_for_its_purpose_and_in_time() {
    for TestStore { name, stores, .. } in &every_store("ceremonies").await {
        let ceremonies = &stores.ceremonies;
        let asked = Ceremony { user: Some(UserId::new(NOW)), ..ceremony(1, Purpose::Confirm) };
        ceremonies.insert(&asked).await.unwrap();
        ceremonies.insert(&ceremony(2, Purpose::LogIn)).await.unwrap();
        for (hash, purpose, now) in [
            (asked.hash, Purpose::LogIn, NOW),
            (asked.hash, Purpose::Confirm, later(300)),
            (Ceremony::hash_of(b"3"), Purpose::Confirm, NOW),
        ] {
            assert_eq!(ceremonies.take(hash, purpose, now).await.unwrap(), None, "{name}");
        }
        let racing = (0..20).map(|_| {
            let ceremonies = ceremonies.clone();
            tokio::spawn(async move { ceremonies.take(asked.hash, asked.purpose, NOW).await.unwrap() })
        });
        let mut taken = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            taken.extend(racer.await.unwrap());
        }
        assert_eq!(taken, [asked], "{name}");
        let other = ceremony(2, Purpose::LogIn);
        assert_eq!(
            ceremonies.take(other.hash, other.purpose, later(299)).await.unwrap(),
            Some(other),
            "{name}"
        );
    }
}
