//! What every [`DepartureStore`](crate::store::DepartureStore) promises.

use confab_core::UserId;
use confab_core::page::Page;

use super::challenges::challenge;
use super::users::{account, hash};
use super::{NOW, TestStore, every_store, later};
use crate::domain::{Departure, DeviceSecret, Factors, NamePrefix, Role, TotpSecret};
use crate::store::{Departed, Inserted};

#[tokio::test]
async fn whoever_goes_is_gone_at_once_and_their_address_is_free() {
    for TestStore { name, stores, .. } in &every_store("departures").await {
        let (users, departures) = (&stores.users, &stores.departures);
        let ada = account("ada@example.com", "Ada");
        users.insert(&ada, &hash("h")).await.unwrap();
        let (id, nobody) = (ada.user.id, UserId::new(NOW));
        let departure = Departure::new(id, NOW);
        for _ in 0..2 {
            assert_eq!(departures.depart(&departure).await.unwrap(), Departed::Yes, "{name}");
        }
        let refused = departures.depart(&Departure::new(nobody, NOW)).await.unwrap();
        assert_eq!(refused, Departed::NoSuchUser, "{name}");

        assert_eq!(users.find(id).await.unwrap(), None, "{name}");
        assert_eq!(users.find_by_email(&ada.email).await.unwrap(), None, "{name}");
        for prefix in ["", "ada"] {
            let page = Page { size: 9, after: None };
            assert_eq!(users.list(&NamePrefix::new(prefix), page).await.unwrap(), [], "{name}");
        }
        assert_eq!(departures.find_departed(&[nobody, id, id]).await.unwrap(), [id], "{name}");
        let again = account("ada@example.com", "Another Ada");
        assert_eq!(users.insert(&again, &hash("h")).await.unwrap(), Inserted::Yes, "{name}");
    }
}

#[tokio::test]
async fn the_last_admin_cannot_go() {
    for TestStore { name, stores, .. } in &every_store("departures_last").await {
        let ada = account("ada@example.com", "Ada");
        stores.users.insert(&ada, &hash("h")).await.unwrap();
        stores.accounts.set_role(ada.user.id, Role::Admin).await.unwrap();
        let refused = stores.departures.depart(&Departure::new(ada.user.id, NOW)).await.unwrap();
        assert_eq!(refused, Departed::LastAdmin, "{name}");
        assert_eq!(stores.users.find(ada.user.id).await.unwrap().unwrap().role, Role::Admin, "{name}");
        assert_eq!(stores.departures.find_departed(&[ada.user.id]).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn it_goes_on_with_one_at_a_time_until_nothing_is_left() {
    for TestStore { name, stores, .. } in &every_store("departures_claim").await {
        let departures = &stores.departures;
        let mut gone = Vec::new();
        for number in 0..2 {
            let account = account(&format!("{number}@example.com"), "Somebody");
            stores.users.insert(&account, &hash("h")).await.unwrap();
            let departure = Departure::new(account.user.id, later(number));
            departures.depart(&departure).await.unwrap();
            gone.push(departure);
        }
        assert_eq!(departures.claim_departure(later(59)).await.unwrap(), None, "{name}: it is too soon");
        let now = later(60);
        let first = departures.claim_departure(now).await.unwrap();
        assert_eq!(first, Some(gone[0].claimed(now)), "{name}");
        assert_eq!(departures.claim_departure(now).await.unwrap(), None, "{name}: it is with the first");

        let half = first.unwrap().erased_by("auth", now).advanced("half".into(), now).put_off("away", now);
        departures.update_departure(&half).await.unwrap();
        let (unfinished, count) = departures.list_unfinished(1).await.unwrap();
        assert_eq!((unfinished.len(), count), (1, 2), "{name}");
        let next = half.next.unwrap();
        assert_eq!(departures.claim_departure(next).await.unwrap(), Some(gone[1].claimed(next)), "{name}");
        assert_eq!(departures.claim_departure(next).await.unwrap(), Some(half.claimed(next)), "{name}");
        departures.update_departure(&half.finished()).await.unwrap();
        let (unfinished, count) = departures.list_unfinished(9).await.unwrap();
        assert_eq!((unfinished.len(), count), (1, 1), "{name}");
        assert_eq!(departures.find_departed(&[half.user]).await.unwrap(), [half.user], "{name}: for good");
    }
}

#[tokio::test]
async fn nothing_is_left_of_what_auth_keeps() {
    for TestStore { name, stores, .. } in &every_store("departures_own").await {
        let (ada, bob) = (UserId::new(NOW), UserId::new(NOW));
        let device = DeviceSecret::generate().unwrap().hash();
        stores.devices.keep(ada, device, NOW).await.unwrap();
        stores.devices.keep(bob, device, NOW).await.unwrap();
        stores.blocks.insert(ada, bob, NOW).await.unwrap();
        stores.blocks.insert(bob, ada, NOW).await.unwrap();
        let (secret, code) = (TotpSecret::generate().unwrap(), DeviceSecret::generate().unwrap().hash());
        stores.factors.begin_totp(ada, &secret, NOW).await.unwrap();
        stores.factors.enable_totp(ada, &secret, 1).await.unwrap();
        stores.factors.replace_recovery_codes(ada, &[code]).await.unwrap();
        let asked = challenge(ada, 300);
        stores.challenges.insert(&asked).await.unwrap();
        for _ in 0..2 {
            stores.departures.erase_own(ada).await.unwrap();
        }
        assert!(!stores.devices.knows(ada, device).await.unwrap(), "{name}");
        assert!(stores.devices.knows(bob, device).await.unwrap(), "{name}");
        assert_eq!(stores.factors.find(ada).await.unwrap(), Factors::default(), "{name}");
        assert_eq!(stores.challenges.count_try(asked.hash, NOW).await.unwrap(), None, "{name}");
        assert!(!stores.blocks.stands_between(ada, bob).await.unwrap(), "{name}");
    }
}
