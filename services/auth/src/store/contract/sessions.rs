//! What every [`SessionStore`](crate::store::SessionStore) promises.

use confab_core::{SessionId, UserId};

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Session, SessionSecret};
use crate::store::SESSIONS_PER_USER_MAX;

/// A session that lives a minute.
fn session(user: UserId, second: u64) -> Session {
    let created = later(second);
    let secret_hash = SessionSecret::generate().unwrap().hash();
    Session { id: SessionId::new(created), user, secret_hash, created, expires: later(second + 60) }
}

fn somebody() -> UserId {
    UserId::new(NOW)
}

#[tokio::test]
async fn a_session_is_found_by_its_id_and_by_its_secret() {
    for TestStore { name, stores, .. } in &every_store("sessions_found").await {
        let (one, other) = (session(somebody(), 0), session(somebody(), 0));
        stores.sessions.insert(&one).await.unwrap();
        stores.sessions.insert(&other).await.unwrap();

        let found = stores.sessions.find(one.id, NOW).await.unwrap();
        assert_eq!(found.as_ref(), Some(&one), "{name}");
        let found = stores.sessions.find_by_secret(other.secret_hash, NOW).await.unwrap();
        assert_eq!(found.as_ref(), Some(&other), "{name}");
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

        stores.sessions.delete(ended.id).await.unwrap();
        stores.sessions.delete(ended.id).await.unwrap();

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
