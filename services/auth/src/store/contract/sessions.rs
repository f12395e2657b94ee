//! What every [`SessionStore`](crate::store::SessionStore) promises.

use confab_core::{SessionId, UserId};

use super::{NOW, TestStore, every_store, later};
use crate::domain::{AddressPrefix, Device, DeviceName, RefreshToken, Revocation, Rotation, Salt, Session};
use crate::store::SESSIONS_PER_USER_MAX;

/// A session of a program that lives a minute, and its first token.
fn session_and_token(user: UserId, second: u64) -> (Session, RefreshToken) {
    let (created, token) = (later(second), RefreshToken::generate().unwrap());
    let session = Session {
        id: SessionId::new(created),
        user,
        secret_hash: token.family_hash(),
        rotation: Some(Rotation::starting_with(&token)),
        device: Device { name: DeviceName::new("Ada's phone").unwrap(), address: Some(address(1)) },
        created,
        used: created,
        expires: later(second + 60),
        confirmed: None,
    };
    (session, token)
}

fn session(user: UserId, second: u64) -> Session {
    session_and_token(user, second).0
}

/// The session of a browser that does not say much.
fn of_a_browser(user: UserId, second: u64) -> Session {
    Session { rotation: None, device: Device::default(), ..session(user, second) }
}

fn address(number: u8) -> AddressPrefix {
    AddressPrefix::of([198, 51, number, 1].into())
}

fn somebody() -> UserId {
    UserId::new(NOW)
}

#[tokio::test]
async fn a_session_is_found_by_its_id_and_by_its_secret() {
    for TestStore { name, stores, .. } in &every_store("sessions_found").await {
        let (one, other) = (session(somebody(), 0), of_a_browser(somebody(), 0));
        stores.sessions.insert(&one).await.unwrap();
        stores.sessions.insert(&other).await.unwrap();

        let found = stores.sessions.find(one.id, NOW).await.unwrap();
        assert_eq!(found.as_ref(), Some(&one), "{name}");
        let found = stores.sessions.find_by_secret(other.secret_hash, NOW).await.unwrap();
        assert_eq!(found.as_ref(), Some(&other), "{name}");
    }
}

#[tokio::test]
async fn of_several_sessions_those_that_live_are_found() {
    for TestStore { name, stores, .. } in &every_store("sessions_live").await {
        let [live, ended, expired] = [0, 0, 0].map(|second| session(somebody(), second));
        let longer = Session { expires: later(600), ..live };
        for one in [&longer, &ended, &expired] {
            stores.sessions.insert(one).await.unwrap();
        }
        stores.sessions.delete(ended.id, NOW).await.unwrap();
        let asked = [SessionId::new(NOW), ended.id, expired.id, longer.id];
        let found = stores.sessions.filter_live(&asked, later(60)).await.unwrap();
        assert_eq!(found, [longer.id], "{name}");
        assert_eq!(stores.sessions.filter_live(&[], NOW).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    for TestStore { name, stores, .. } in &every_store("sessions_unknown").await {
        stores.sessions.insert(&session(somebody(), 0)).await.unwrap();
        let unknown = session(somebody(), 0);
        assert_eq!(stores.sessions.find(unknown.id, NOW).await.unwrap(), None, "{name}");
        assert_eq!(stores.sessions.find_by_secret(unknown.secret_hash, NOW).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn a_session_that_was_ended_is_gone_and_ending_it_again_is_no_error() {
    for TestStore { name, stores, .. } in &every_store("sessions_ended").await {
        let (ended, other) = (session(somebody(), 0), session(somebody(), 0));
        stores.sessions.insert(&ended).await.unwrap();
        stores.sessions.insert(&other).await.unwrap();

        stores.sessions.delete(ended.id, NOW).await.unwrap();
        stores.sessions.delete(ended.id, NOW).await.unwrap();

        assert_eq!(stores.sessions.find(ended.id, NOW).await.unwrap(), None, "{name}");
        assert_eq!(stores.sessions.find_by_secret(ended.secret_hash, NOW).await.unwrap(), None, "{name}");
        assert!(stores.sessions.find(other.id, NOW).await.unwrap().is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_session_ends_by_the_clock() {
    for TestStore { name, stores, .. } in &every_store("sessions_clock").await {
        let session = session(somebody(), 0);
        stores.sessions.insert(&session).await.unwrap();
        for (second, lives) in [(59, true), (60, false), (61, false)] {
            let by_id = stores.sessions.find(session.id, later(second)).await.unwrap();
            let by_secret = stores.sessions.find_by_secret(session.secret_hash, later(second)).await.unwrap();
            assert_eq!((by_id.is_some(), by_secret.is_some()), (lives, lives), "{name}, second {second}");
        }
    }
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_end() {
    for TestStore { name, stores, .. } in &every_store("sessions_many").await {
        let (user, neighbour) = (somebody(), Session { expires: later(1_000), ..session(somebody(), 0) });
        stores.sessions.insert(&neighbour).await.unwrap();
        let sessions: Vec<Session> = (0..SESSIONS_PER_USER_MAX as u64 + 2)
            .map(|number| Session { expires: later(1_000), ..session(user, number) })
            .collect();
        for session in &sessions {
            stores.sessions.insert(session).await.unwrap();
        }

        for (number, session) in sessions.iter().enumerate() {
            let found = stores.sessions.find(session.id, NOW).await.unwrap();
            assert_eq!(found.is_some(), number >= 2, "{name}, session {number}");
        }
        assert!(stores.sessions.find(neighbour.id, NOW).await.unwrap().is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_person_sees_their_living_sessions_the_latest_first() {
    for TestStore { name, stores, .. } in &every_store("sessions_list").await {
        let user = somebody();
        let (old, new, browser) = (session(user, 0), session(user, 30), of_a_browser(user, 31));
        for session in [&old, &new, &session(somebody(), 0), &browser] {
            stores.sessions.insert(session).await.unwrap();
        }
        let listed = stores.sessions.list(user, later(59)).await.unwrap();
        assert_eq!(listed, [browser.clone(), new.clone(), old], "{name}");
        assert_eq!(stores.sessions.list(user, later(60)).await.unwrap(), [browser, new], "{name}");
        assert_eq!(stores.sessions.list(somebody(), NOW).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn a_refresh_token_takes_its_turn_once() {
    for TestStore { name, stores, .. } in &every_store("sessions_turn").await {
        let (first, token) = session_and_token(somebody(), 0);
        stores.sessions.insert(&first).await.unwrap();
        let turn = |token: &RefreshToken, second: u64| {
            let (rotation, next) = Rotation::turn(token, Salt::generate().unwrap(), later(second));
            (first.turned(rotation, Some(address(2)), later(second)), next)
        };

        let (second, next) = turn(&token, 1);
        assert!(stores.sessions.turn(&second, token.hash()).await.unwrap(), "{name}");
        assert_eq!(stores.sessions.find(first.id, NOW).await.unwrap(), Some(second.clone()), "{name}");
        assert!(!stores.sessions.turn(&turn(&token, 2).0, token.hash()).await.unwrap(), "{name}");
        assert_eq!(stores.sessions.find(first.id, NOW).await.unwrap(), Some(second), "{name}");

        let third = turn(&next, 3).0;
        assert!(stores.sessions.turn(&third, next.hash()).await.unwrap(), "{name}");
        let found = stores.sessions.find_by_secret(token.family_hash(), later(61)).await.unwrap();
        assert_eq!(found, Some(third), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_turns_that_race_one_is_stored() {
    for TestStore { name, stores, .. } in &every_store("sessions_race").await {
        let (session, token) = session_and_token(somebody(), 0);
        stores.sessions.insert(&session).await.unwrap();
        let attempts: Vec<_> = (0..20)
            .map(|_| {
                let (stores, session, token) = (stores.clone(), session.clone(), token.clone());
                tokio::spawn(async move {
                    let (rotation, _) = Rotation::turn(&token, Salt::generate().unwrap(), NOW);
                    stores.sessions.turn(&session.turned(rotation, None, NOW), token.hash()).await.unwrap()
                })
            })
            .collect();
        let mut stored = 0;
        for attempt in attempts {
            stored += usize::from(attempt.await.unwrap());
        }
        assert_eq!(stored, 1, "{name}");
    }
}

#[tokio::test]
async fn the_use_of_a_session_is_noted() {
    for TestStore { name, stores, .. } in &every_store("sessions_used").await {
        let session = of_a_browser(somebody(), 0);
        stores.sessions.insert(&session).await.unwrap();
        stores.sessions.touch(session.id, Some(address(7)), later(9)).await.unwrap();
        stores.sessions.touch(SessionId::new(NOW), None, later(9)).await.unwrap();

        let device = Device { address: Some(address(7)), ..session.device.clone() };
        let used = Session { used: later(9), device, ..session };
        assert_eq!(stores.sessions.find(used.id, NOW).await.unwrap(), Some(used), "{name}");
    }
}

#[tokio::test]
async fn the_other_sessions_of_a_person_end_together() {
    for TestStore { name, stores, .. } in &every_store("sessions_others").await {
        let user = somebody();
        let (kept, neighbour) = (session(user, 1), session(somebody(), 0));
        for session in [&session(user, 0), &kept, &session(user, 2), &neighbour] {
            stores.sessions.insert(session).await.unwrap();
        }
        stores.sessions.delete_others(user, kept.id, NOW).await.unwrap();
        assert_eq!(stores.sessions.list(user, NOW).await.unwrap(), [kept], "{name}");
        assert!(stores.sessions.find(neighbour.id, NOW).await.unwrap().is_some(), "{name}");
    }
}

#[tokio::test]
async fn sessions_that_are_ended_are_told_from_those_that_ended_by_themselves() {
    for TestStore { name, stores, .. } in &every_store("sessions_told").await {
        let user = somebody();
        let (one, two, three, kept) =
            (session(user, 0), session(user, 0), session(user, 0), session(user, 0));
        for session in [&one, &two, &three, &kept] {
            stores.sessions.insert(session).await.unwrap();
        }
        stores.sessions.delete(one.id, later(5)).await.unwrap();
        stores.sessions.delete(one.id, later(6)).await.unwrap();
        stores.sessions.delete(SessionId::new(NOW), later(6)).await.unwrap();
        stores.sessions.delete(two.id, later(7)).await.unwrap();
        stores.sessions.delete_others(user, kept.id, later(8)).await.unwrap();

        let ended = |session: &Session, second| Revocation { session: session.id, time: later(second) };
        let all = stores.sessions.ended_since(later(5), 10).await.unwrap();
        assert_eq!(all, [ended(&one, 5), ended(&two, 7), ended(&three, 8)], "{name}");
        let some = stores.sessions.ended_since(later(6), 1).await.unwrap();
        assert_eq!(some, [ended(&two, 7)], "{name}");
        assert_eq!(stores.sessions.ended_since(later(9), 10).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn sessions_that_have_to_make_room_are_told_too() {
    for TestStore { name, stores, .. } in &every_store("sessions_room").await {
        let user = somebody();
        let living = |second| Session { expires: later(1_000), ..session(user, second) };
        let oldest = living(0);
        stores.sessions.insert(&oldest).await.unwrap();
        for second in 1..=SESSIONS_PER_USER_MAX as u64 {
            stores.sessions.insert(&living(second)).await.unwrap();
        }
        let ended = stores.sessions.ended_since(NOW, 10).await.unwrap();
        assert_eq!(ended.iter().map(|ended| ended.session).collect::<Vec<_>>(), [oldest.id], "{name}");
    }
}

#[tokio::test]
async fn that_somebody_has_proved_who_they_are_is_noted_in_one_session_that_has_not_ended() {
    for TestStore { name, stores, .. } in &every_store("sessions_confirmed").await {
        let ada = somebody();
        let (one, other) = (session(ada, 0), of_a_browser(ada, 0));
        stores.sessions.insert(&one).await.unwrap();
        stores.sessions.insert(&other).await.unwrap();
        assert!(stores.sessions.confirm(one.id, later(9)).await.unwrap(), "{name}");
        let found = stores.sessions.find(one.id, NOW).await.unwrap();
        assert_eq!(found, Some(Session { confirmed: Some(later(9)), ..one.clone() }), "{name}");
        assert_eq!(stores.sessions.find(other.id, NOW).await.unwrap(), Some(other), "{name}");

        assert!(!stores.sessions.confirm(one.id, later(60)).await.unwrap(), "{name}: it has ended");
        assert!(!stores.sessions.confirm(SessionId::new(NOW), NOW).await.unwrap(), "{name}");
    }
}
