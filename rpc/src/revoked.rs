//! Sessions that have ended before the access tokens that were given out in them.
//!
//! ```text
//! follow.rs   hears of them from auth, as it happens
//! body.rs     ends what such a token has opened
//! ```
//!
//! # Invariants
//!
//! * A session that is known to have ended opens nothing, and what it has opened
//!   ends: within a second of when auth says so.
//! * What is not heard costs ten minutes, never more: no token lives longer.
//! * Nobody waits for auth here. While it cannot be heard, what it said holds.

mod body;
mod follow;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use confab_core::{SessionId, Timestamp};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

pub(crate) use body::end_with_session;

/// How many sessions are remembered at the most: some 10 MB. It takes 150
/// revocations a second to reach it; those that were first are then forgotten.
const SESSIONS_MAX: usize = 100_000;

/// Knows which sessions have ended lately.
#[derive(Debug, Default)]
pub struct Revoked {
    /// Until when tokens of a session may be about.
    sessions: RwLock<HashMap<SessionId, Timestamp>>,
    /// What ends when a session does. Only sessions with something open are here.
    open: Mutex<HashMap<SessionId, Open>>,
}

/// What a session has open.
#[derive(Debug, Default)]
struct Open {
    count: usize,
    end: CancellationToken,
}

impl Revoked {
    /// Whether `session` has ended.
    #[must_use]
    pub fn has(&self, session: SessionId) -> bool {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }

    /// Takes note that `session` has ended, and ends what it has open. Its
    /// tokens may be about until `until`; what lies before `now` is forgotten.
    pub fn add(&self, session: SessionId, until: Timestamp, now: Timestamp) {
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= SESSIONS_MAX {
            make_room(&mut sessions, now);
        }
        sessions.insert(session, until);
        drop(sessions);
        if let Some(open) = self.open().get(&session) {
            open.end.cancel();
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<SessionId, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that `session` has opened something, which ends when the future does.
    fn opened(&self, session: SessionId) -> WaitForCancellationFutureOwned {
        let mut all = self.open();
        let open = all.entry(session).or_default();
        open.count += 1;
        let end = open.end.clone();
        drop(all);
        // It may have ended before it stood in the list.
        if self.has(session) {
            end.cancel();
        }
        end.cancelled_owned()
    }

    /// Takes back what [`Revoked::opened`] noted.
    fn closed(&self, session: SessionId) {
        let mut all = self.open();
        if let Some(open) = all.get_mut(&session) {
            open.count -= 1;
            if open.count == 0 {
                all.remove(&session);
            }
        }
    }
}

/// Forgets the sessions whose tokens have ended by `now`, and if there are none,
/// some of those whose tokens end next.
fn make_room(sessions: &mut HashMap<SessionId, Timestamp>, now: Timestamp) {
    sessions.retain(|_, until| *until > now);
    if sessions.len() < SESSIONS_MAX {
        return;
    }
    let mut ends: Vec<Timestamp> = sessions.values().copied().collect();
    let (_, end, _) = ends.select_nth_unstable(SESSIONS_MAX / 10);
    let end = *end;
    sessions.retain(|_, until| *until > end);
    tracing::warn!("more sessions were ended than can be remembered; tokens of some hold until they expire");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// How long anything may take before a test gives up.
    const PATIENCE: Duration = Duration::from_secs(30);
    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

    fn some_session() -> SessionId {
        SessionId::new(NOW)
    }

    #[test]
    fn a_session_that_has_ended_is_known() {
        let (revoked, one, other) = (Revoked::default(), some_session(), some_session());
        revoked.add(one, NOW.plus(Duration::from_mins(10)), NOW);
        assert!(revoked.has(one) && !revoked.has(other));
    }

    #[tokio::test]
    async fn what_is_open_ends_with_its_session_and_with_no_other() {
        let (revoked, one, other) = (Revoked::default(), some_session(), some_session());
        let (first, second) = (revoked.opened(one), revoked.opened(one));
        let _others = revoked.opened(other);
        revoked.add(one, NOW, NOW);
        for ended in [first, second] {
            timeout(PATIENCE, ended).await.expect("it ends");
        }
        assert!(!revoked.open()[&other].end.is_cancelled());
        timeout(PATIENCE, revoked.opened(one)).await.expect("also what comes too late");
    }

    #[test]
    fn what_is_closed_is_not_kept() {
        let (revoked, session) = (Revoked::default(), some_session());
        let both = (revoked.opened(session), revoked.opened(session));
        revoked.closed(session);
        assert_eq!(revoked.open().len(), 1);
        revoked.closed(session);
        assert!(revoked.open().is_empty());
        drop(both);
    }

    #[test]
    fn there_is_an_end_to_what_is_remembered() {
        let revoked = Revoked::default();
        let until = |number: u64| NOW.plus(Duration::from_millis(number));
        let last = some_session();
        for number in 0..SESSIONS_MAX as u64 {
            revoked.add(some_session(), until(number + 1), NOW);
        }
        revoked.add(last, until(1), NOW);
        let kept = revoked.sessions.read().unwrap().len();
        assert!(revoked.has(last) && kept < SESSIONS_MAX, "{kept}");
        assert!(kept > SESSIONS_MAX / 10 * 8, "{kept}: those that matter longest stay");

        // Time makes room by itself, once it is needed.
        let mut sessions = revoked.sessions.write().unwrap();
        make_room(&mut sessions, until(SESSIONS_MAX as u64 + 1));
        assert!(sessions.is_empty());
    }
}
