//! What every [`LibraryStore`](crate::store::LibraryStore) promises.

use confab_core::page::Page;
use confab_core::{Id, MediaId};

use super::{NOW, TestStore, every_store, later, message, somebody};
use crate::domain::{Place, Usage};
use crate::store::{Aftermath, Attached, Holding};

#[tokio::test]
async fn files_are_listed_to_their_owner_the_latest_first() {
    for store in &every_store("library_list").await {
        let TestStore { name, stores, .. } = store;
        let (ada, bob) = (somebody(), somebody());
        let mut expected = Vec::new();
        for _ in 0..5 {
            expected.push(store.keep(ada, 1).await);
        }
        store.keep(bob, 1).await;
        expected.sort_by_key(|media| std::cmp::Reverse(media.id));
        for size in [1, 2, 5, 9] {
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = stores.library.list(ada, Page { size, after }).await.unwrap();
                assert!(page.len() <= size, "{name}");
                let Some(last) = page.last() else { break };
                after = Some(last.id.as_uuid());
                all.extend(page);
            }
            assert_eq!(all, expected, "{name}, pages of {size}");
        }
        let ids: Vec<MediaId> = expected.iter().map(|media| media.id).chain([expected[0].id]).collect();
        let mut found = stores.library.find_many(&ids).await.unwrap();
        found.sort_by_key(|media| std::cmp::Reverse(media.id));
        assert_eq!(found, expected, "{name}");
        assert_eq!(stores.library.find_many(&[Id::new(NOW)]).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn what_is_attached_stays_until_the_last_place_lets_go() {
    for store in &every_store("library_attach").await {
        let TestStore { name, stores, .. } = store;
        let (ada, library) = (somebody(), &stores.library);
        let media = store.keep(ada, 10).await;
        let (one, other) = (message(ada), message(ada));
        for place in [one, one, other] {
            let attached = library.attach(ada, &[media.id], place, None, NOW).await.unwrap();
            assert_eq!(attached, Attached::Yes(vec![media.clone()]), "{name}");
        }
        let mut places = library.places(media.id, None, 10).await.unwrap();
        assert_eq!(library.places(media.id, Some(places[0]), 10).await.unwrap(), places[1..], "{name}");
        assert_eq!(library.places(media.id, None, 1).await.unwrap(), places[..1], "{name}");
        places.sort_by_key(Place::to_bytes);
        let mut expected = vec![one, other];
        expected.sort_by_key(Place::to_bytes);
        assert_eq!(places, expected, "{name}");
        assert_eq!(library.sweep(later(1_000_000), 10).await.unwrap(), 0, "{name}");

        for _ in 0..2 {
            library.detach(one, &[], Aftermath::Erase, NOW).await.unwrap();
            assert!(library.find(media.id).await.unwrap().is_some(), "{name}");
        }
        library.detach(other, &[media.id], Aftermath::Erase, NOW).await.unwrap();
        assert!(library.find(media.id).await.unwrap().is_some(), "{name}");
        library.detach(other, &[], Aftermath::Erase, NOW).await.unwrap();
        assert_eq!(library.find(media.id).await.unwrap(), None, "{name}");
        assert_eq!(stores.uploads.usage(ada).await.unwrap(), Usage::default(), "{name}");
    }
}

#[tokio::test]
async fn what_is_attached_to_nothing_waits_and_goes() {
    for store in &every_store("library_wait").await {
        let TestStore { name, stores, .. } = store;
        let (ada, library) = (somebody(), &stores.library);
        let media = store.keep(ada, 10).await;
        let place = message(ada);
        library.attach(ada, &[media.id], place, None, NOW).await.unwrap();
        library.detach(place, &[], Aftermath::Wait, later(50)).await.unwrap();
        assert_eq!(library.sweep(later(49), 10).await.unwrap(), 0, "{name}");
        library.attach(ada, &[media.id], place, None, NOW).await.unwrap();
        assert_eq!(library.sweep(later(50), 10).await.unwrap(), 0, "{name}");
        library.detach(place, &[], Aftermath::Wait, later(60)).await.unwrap();
        assert_eq!(library.sweep(later(60), 10).await.unwrap(), 1, "{name}");
        assert_eq!(library.find(media.id).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn people_attach_what_is_theirs_or_what_they_see_and_all_of_it_or_nothing() {
    for store in &every_store("library_rights").await {
        let TestStore { name, stores, .. } = store;
        let (ada, bob, library) = (somebody(), somebody(), &stores.library);
        let (hers, his) = (store.keep(ada, 1).await, store.keep(bob, 1).await);
        let (seen, unseen, to) = (message(ada), message(ada), message(bob));
        library.attach(ada, &[hers.id], seen, None, NOW).await.unwrap();

        for source in [None, Some(unseen)] {
            let attached = library.attach(bob, &[his.id, hers.id], to, source, NOW).await.unwrap();
            assert_eq!(attached, Attached::NoSuchMedia(hers.id), "{name}");
            assert_eq!(library.places(his.id, None, 10).await.unwrap(), [], "{name}");
        }
        let nobody = Id::new(NOW);
        let attached = library.attach(bob, &[nobody], to, Some(seen), NOW).await.unwrap();
        assert_eq!(attached, Attached::NoSuchMedia(nobody), "{name}");
        // What was uploaded for one thing is not used for another.
        let attached = library.attach(bob, &[his.id], Place::Person(bob), None, NOW).await.unwrap();
        assert_eq!(attached, Attached::NoSuchMedia(his.id), "{name}");

        let attached = library.attach(bob, &[his.id, hers.id], to, Some(seen), NOW).await.unwrap();
        assert_eq!(attached, Attached::Yes(vec![his, hers.clone()]), "{name}");
        library.detach(seen, &[], Aftermath::Erase, NOW).await.unwrap();
        // Once it is there it can be attached there again, as a retry does.
        let attached = library.attach(bob, &[hers.id], to, None, NOW).await.unwrap();
        assert_eq!(attached, Attached::Yes(vec![hers]), "{name}");
    }
}

#[tokio::test]
async fn what_a_place_does_not_hold_any_more_is_found_in_time() {
    for store in &every_store("library_unsure").await {
        let TestStore { name, stores, .. } = store;
        let (ada, library) = (somebody(), &stores.library);
        let (kept, gone) = (store.keep(ada, 1).await, store.keep(ada, 1).await);
        let place = message(ada);
        let holding = |media| Holding { place, media };
        library.attach(ada, &[kept.id], place, None, NOW).await.unwrap();
        library.attach(ada, &[gone.id], place, None, later(1)).await.unwrap();

        let unsure = [holding(kept.id), holding(gone.id)];
        assert_eq!(library.unsure(later(1), 10).await.unwrap(), unsure, "{name}");
        assert_eq!(library.unsure(later(1), 1).await.unwrap(), unsure[..1], "{name}");
        library.confirm(&unsure[..1], later(2)).await.unwrap();
        assert_eq!(library.unsure(later(1), 10).await.unwrap(), unsure[1..], "{name}");
        for _ in 0..2 {
            library.release(unsure[1], Aftermath::Erase, later(2)).await.unwrap();
        }
        assert_eq!(library.find(gone.id).await.unwrap(), None, "{name}");
        assert_eq!(library.unsure(later(2), 10).await.unwrap(), unsure[..1], "{name}");
    }
}

#[tokio::test]
async fn two_that_let_go_at_once_leave_nothing_behind() {
    for store in &every_store("library_release").await {
        let TestStore { name, stores, .. } = store;
        let (ada, library) = (somebody(), &stores.library);
        let media = store.keep(ada, 1).await;
        let places: Vec<Place> = (0..8).map(|_| message(ada)).collect();
        for place in &places {
            library.attach(ada, &[media.id], *place, None, NOW).await.unwrap();
        }
        let letting_go = places.iter().map(|place| library.detach(*place, &[], Aftermath::Erase, NOW));
        for done in futures_util::future::join_all(letting_go).await {
            done.unwrap();
        }
        assert_eq!(library.find(media.id).await.unwrap(), None, "{name}");
        assert_eq!(stores.uploads.usage(ada).await.unwrap(), Usage::default(), "{name}");
    }
}
