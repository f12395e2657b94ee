//! `internal.SessionService.WatchRevocations`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, SessionId, Timestamp};
use confab_rpc::Shutdown;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::domain::Revocation;
use crate::error::Error;
use crate::service::AuthService;
use crate::store::SessionStore;

/// How often we look what other nodes have ended. The contract names it too.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// How far the clocks of nodes may be apart, and a write may take, so that we
/// still see what they have ended.
const CLOCKS_APART_MAX: Duration = Duration::from_secs(30);
/// How long one listener is told. Shorter than connections live, so that each
/// stream has its orderly end.
const STREAM_TIME_MAX: Duration = Duration::from_mins(10);
/// How many are told at once. The contract names it too.
const BATCH_MAX: usize = 1_000;

/// Tells which sessions are ended, from those on whose tokens may still be
/// about. Ends after [`STREAM_TIME_MAX`], with the program, or when the store fails.
pub fn watch_revocations(
    service: &AuthService,
) -> impl Stream<Item = Result<Vec<Revocation>, Error>> + Send + 'static {
    watch_for(service, STREAM_TIME_MAX)
}

fn watch_for(
    service: &AuthService,
    time: Duration,
) -> impl Stream<Item = Result<Vec<Revocation>, Error>> + Send + 'static {
    let now = service.clock.now();
    let watcher = Watcher {
        sessions: service.stores.sessions.clone(),
        clock: service.clock.clone(),
        ended: service.ended.subscribe(),
        shutdown: service.shutdown.clone(),
        end: Instant::now() + time,
        since: before(now, Revocation::TOKEN_TIME_MAX),
        told: Told::default(),
        pace: Pace::AtOnce,
    };
    stream::unfold(Some(watcher), |watcher| async move {
        let mut watcher = watcher?;
        watcher.wait().await?;
        match watcher.look().await {
            Ok(revocations) => Some((Ok(revocations), Some(watcher))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

struct Watcher {
    sessions: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    /// Changes when this node has ended a session.
    ended: watch::Receiver<()>,
    shutdown: Shutdown,
    end: Instant,
    /// What was ended before this is told.
    since: Timestamp,
    told: Told,
    pace: Pace,
}

/// When to look again.
enum Pace {
    AtOnce,
    Soon,
}

/// What was told, and may be seen again: the former of the two is older than
/// anything that can be, when the latter takes its place.
#[derive(Default)]
struct Told {
    former: HashSet<SessionId>,
    latter: HashSet<SessionId>,
    turned: Option<Timestamp>,
}

impl Watcher {
    /// Waits until there may be something to tell; `None` when that is never.
    async fn wait(&mut self) -> Option<()> {
        if matches!(self.pace, Pace::AtOnce) {
            return Some(());
        }
        tokio::select! {
            biased;
            () = self.shutdown.begun() => None,
            () = sleep_until(self.end) => None,
            changed = self.ended.changed() => changed.ok(),
            () = sleep(LOOK_INTERVAL) => Some(()),
        }
    }

    /// Looks what was ended since the last time.
    async fn look(&mut self) -> Result<Vec<Revocation>, Error> {
        // Whatever is ended from here on is for the next time.
        self.ended.mark_unchanged();
        let now = self.clock.now();
        let found = self.sessions.ended_since(self.since, BATCH_MAX).await?;
        let last = found.last().map(|last| last.time);
        (self.since, self.pace) = match last {
            // There may be more; those of the very same moment come again.
            Some(last) if found.len() == BATCH_MAX && last > self.since => (last, Pace::AtOnce),
            _ => (self.since.max(before(now, CLOCKS_APART_MAX)), Pace::Soon),
        };
        self.told.turn(now);
        Ok(found.into_iter().filter(|revocation| self.told.add(revocation.session)).collect())
    }
}

impl Told {
    /// Notes that `session` is told; false if it was.
    fn add(&mut self, session: SessionId) -> bool {
        !self.former.contains(&session) && self.latter.insert(session)
    }

    /// Forgets what cannot be seen again.
    fn turn(&mut self, now: Timestamp) {
        let turned = *self.turned.get_or_insert(now);
        if now.since(turned) > 2 * CLOCKS_APART_MAX {
            self.former = std::mem::take(&mut self.latter);
            self.turned = Some(now);
        }
    }
}

/// The moment this long before `now`.
fn before(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use tokio::time::timeout;

    use super::*;
    use crate::handlers::{log_out, revoke_other_sessions};
    use crate::service::testing::{another_session, caller, join, test_service};

    /// Less than it takes until we look by ourselves.
    const AT_ONCE: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn what_ends_is_told_at_once_and_once() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        let there = another_session(&service, &account).await;
        let mut told = Box::pin(watch_revocations(&service));
        assert_eq!(told.next().await.unwrap().unwrap(), []);

        revoke_other_sessions(&service, caller(&here)).await.unwrap();
        let first = timeout(AT_ONCE, told.next()).await.unwrap().unwrap().unwrap();
        log_out(&service, caller(&here)).await.unwrap();
        let second = timeout(AT_ONCE, told.next()).await.unwrap().unwrap().unwrap();
        let time = service.clock.now();
        assert_eq!(first, [Revocation { session: there.id, time }]);
        assert_eq!(second, [Revocation { session: here.id, time }]);
        assert_eq!(told.next().await.unwrap().unwrap(), []);
    }

    #[tokio::test]
    async fn who_comes_later_hears_what_still_matters() {
        let (service, _folder) = test_service().await;
        let (_, session) = join(&service).await;
        log_out(&service, caller(&session)).await.unwrap();
        let mut told = Box::pin(watch_revocations(&service));
        let first = told.next().await.unwrap().unwrap();
        assert_eq!(first.iter().map(|ended| ended.session).collect::<Vec<_>>(), [session.id]);
    }

    #[tokio::test]
    async fn it_ends_with_the_program() {
        let (service, _folder) = test_service().await;
        let mut told = Box::pin(watch_revocations(&service));
        assert!(told.next().await.is_some());
        service.shutdown.begin();
        assert!(timeout(AT_ONCE, told.next()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn it_ends_in_time_for_the_connection() {
        let (service, _folder) = test_service().await;
        let mut told = Box::pin(watch_for(&service, Duration::ZERO));
        assert!(told.next().await.is_some());
        assert!(timeout(AT_ONCE, told.next()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn many_at_one_moment_are_told_in_batches() {
        let (service, _folder) = test_service().await;
        let (account, kept) = join(&service).await;
        for round in 0..25 {
            for _ in 0..50 {
                let session = crate::service::testing::bare_session(&account, service.clock.now());
                service.stores.sessions.insert(&session).await.unwrap();
            }
            let now = service.clock.now().plus(Duration::from_millis(round));
            service.stores.sessions.delete_others(account.user.id, kept.id, now).await.unwrap();
        }
        let mut told = Box::pin(watch_revocations(&service));
        let batches = [told.next().await.unwrap().unwrap(), told.next().await.unwrap().unwrap()];
        let sessions: HashSet<_> = batches.iter().flatten().map(|ended| ended.session).collect();
        assert_eq!((batches[0].len(), sessions.len()), (BATCH_MAX, 25 * 50));
    }
}
