//! What every [`GuessStore`](crate::store::GuessStore) and
//! [`DeviceStore`](crate::store::DeviceStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{DeviceSecret, GuessKey, Guesses};

fn guesses(total: u32) -> Guesses {
    Guesses { total, recent: 1, last: NOW, expires: None }
}

#[tokio::test]
async fn tries_are_counted_on_from_what_was_found() {
    for TestStore { name, stores, .. } in &every_store("guesses_count").await {
        let (key, other) = (GuessKey::of_owner(UserId::new(NOW)), GuessKey::of_owner(UserId::new(NOW)));
        assert_eq!(stores.guesses.find(key).await.unwrap(), None, "{name}");

        let forgotten = Guesses { expires: Some(later(60)), ..guesses(2) };
        for (before, after) in [
            (None, Some(guesses(1))),
            (Some(guesses(1)), Some(forgotten)),
            (Some(forgotten), Some(Guesses { recent: 9, ..guesses(3) })),
        ] {
            assert!(stores.guesses.replace(key, before, after).await.unwrap(), "{name}");
            assert_eq!(stores.guesses.find(key).await.unwrap(), after, "{name}");
        }
        assert_eq!(stores.guesses.find(other).await.unwrap(), None, "{name}");
        stores.guesses.clear(key).await.unwrap();
        stores.guesses.clear(key).await.unwrap();
        assert_eq!(stores.guesses.find(key).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_count_cannot_change_it() {
    for TestStore { name, stores, .. } in &every_store("guesses_stale").await {
        let key = GuessKey::of_owner(UserId::new(NOW));
        stores.guesses.replace(key, None, Some(guesses(5))).await.unwrap();
        for stale in [
            None,
            Some(guesses(4)),
            Some(Guesses { recent: 2, ..guesses(5) }),
            Some(Guesses { last: later(1), ..guesses(5) }),
            Some(Guesses { expires: Some(later(1)), ..guesses(5) }),
        ] {
            for after in [None, Some(guesses(6))] {
                assert!(!stores.guesses.replace(key, stale, after).await.unwrap(), "{name}: {stale:?}");
            }
        }
        assert_eq!(stores.guesses.find(key).await.unwrap(), Some(guesses(5)), "{name}");
        assert!(stores.guesses.replace(key, Some(guesses(5)), None).await.unwrap(), "{name}");
        assert_eq!(stores.guesses.find(key).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn of_tries_that_race_each_is_counted() {
    for TestStore { name, stores, .. } in &every_store("guesses_race").await {
        let key = GuessKey::of_owner(UserId::new(NOW));
        let racing = (0..20).map(|_| {
            let guesses = stores.guesses.clone();
            tokio::spawn(async move { guesses.replace(key, None, Some(self::guesses(1))).await.unwrap() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
    }
}

#[tokio::test]
async fn the_devices_that_were_used_last_are_known() {
    for TestStore { name, stores, .. } in &every_store("devices").await {
        let (ada, bob) = (UserId::new(NOW), UserId::new(NOW));
        let secrets: Vec<_> =
            (0..=DeviceSecret::PER_USER_MAX).map(|_| DeviceSecret::generate().unwrap().hash()).collect();
        stores.devices.keep(bob, secrets[0], NOW).await.unwrap();
        assert!(!stores.devices.knows(ada, secrets[0]).await.unwrap(), "{name}");

        let (first, others) = secrets.split_first().unwrap();
        stores.devices.keep(ada, *first, NOW).await.unwrap();
        for (second, device) in (1..).zip(others) {
            stores.devices.keep(ada, *first, later(second)).await.unwrap();
            stores.devices.keep(ada, *device, later(second)).await.unwrap();
        }
        // The first one was used all the time, and the second one is the oldest.
        for (place, device) in secrets.iter().enumerate() {
            assert_eq!(stores.devices.knows(ada, *device).await.unwrap(), place != 1, "{name}: {place}");
        }
        assert!(stores.devices.knows(bob, secrets[0]).await.unwrap(), "{name}");
    }
}
