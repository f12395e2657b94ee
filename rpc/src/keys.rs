//! The public keys that access tokens are checked with, fetched and kept.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::{Clock, Timestamp};
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tonic::Status;

use crate::{Channel, Failure};

/// How long keys are used before they are asked for again, so that a removed
/// key is forgotten. The use that finds them older is the last of a removed key:
/// what was checked with it before counts no more, either.
const REFRESH_INTERVAL: Duration = Duration::from_mins(5);
/// How soon keys may be asked for again because of a token with an unknown key,
/// which anybody can make, or because auth did not answer.
const REFRESH_PAUSE: Duration = Duration::from_secs(2);
/// How long auth may take to answer.
const LIST_TIMEOUT: Duration = Duration::from_secs(5);
/// How many keys are kept at the most.
const KEYS_MAX: usize = 16;

/// A public key of auth: Ed25519 (RFC 8032).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The `kid` in the header of the tokens signed with it.
    pub id: String,
    /// The key, 32 bytes.
    pub bytes: Vec<u8>,
}

/// Auth did not say which keys there are.
#[derive(Debug, thiserror::Error)]
#[error("tokens cannot be checked now; try again")]
struct NoAnswer(#[source] Elapsed);

/// Where public keys come from: auth itself has them, others ask it.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// Returns all keys whose tokens are to be accepted now.
    ///
    /// # Errors
    ///
    /// If they cannot be had now.
    async fn list(&self) -> Result<Vec<PublicKey>, Status>;
}

/// The public keys, asked of the auth service.
pub struct RemoteKeys(AuthServiceClient<Channel>);

impl RemoteKeys {
    /// Asks the auth service that `channel` leads to.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(AuthServiceClient::new(channel))
    }
}

#[async_trait]
impl KeySource for RemoteKeys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        let response = self.0.clone().list_signing_keys(v1::ListSigningKeysRequest {}).await?;
        let keys = response.into_inner().keys.into_iter();
        Ok(keys.map(|key| PublicKey { id: key.key_id, bytes: key.public_key.into() }).collect())
    }
}

/// Keeps the keys of a [`KeySource`] at hand.
pub(crate) struct Keys {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    kept: RwLock<Kept>,
    /// Held while asking, so that a crowd of new tokens asks once.
    asking: Arc<Mutex<()>>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, Arc<DecodingKey>>,
    /// When auth was asked last, whether or not it answered.
    asked: Option<Timestamp>,
    /// Why it did not.
    failure: Option<Status>,
}

impl Keys {
    pub(crate) fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, kept: RwLock::default(), asking: Arc::default() }
    }

    /// Returns the key `id`, or `None` if there is no such key.
    ///
    /// Only those wait for auth whose key is not at hand: while auth is away,
    /// the keys we have are as good as any.
    ///
    /// # Errors
    ///
    /// If it is not at hand, and auth cannot be asked.
    pub(crate) async fn get(self: &Arc<Self>, id: &str) -> Result<Option<Arc<DecodingKey>>, Status> {
        if let Some(key) = self.find(id) {
            self.freshen();
            return Ok(Some(key));
        }

        let turn = self.asking.clone().lock_owned().await;
        // Whoever had the turn before us may have asked for all.
        if self.find(id).is_none() && !self.asked_within(REFRESH_PAUSE) {
            let asked = self.refresh(turn).await;
            asked.map_err(|error| Failure::unavailable("KEYS_MISSING").into_status(&error))?;
        }
        match self.find(id) {
            Some(key) => Ok(Some(key)),
            None => self.kept().failure.clone().map_or(Ok(None), |failure| {
                // Why stands there once; this names the request.
                tracing::warn!("a token cannot be checked now: the keys are not there");
                Err(failure)
            }),
        }
    }

    /// Asks for the keys if they are old, and waits for nobody: also whoever uses what
    /// was checked before needs them to be those of today.
    pub(crate) fn freshen(self: &Arc<Self>) {
        if self.is_stale()
            && let Ok(turn) = self.asking.clone().try_lock_owned()
        {
            drop(self.refresh(turn));
        }
    }

    /// Asks for the keys, in a task of its own: the request that needs them may
    /// end before it does.
    fn refresh(self: &Arc<Self>, turn: OwnedMutexGuard<()>) -> JoinHandle<()> {
        let keys = Arc::clone(self);
        tokio::spawn(async move {
            let listed = timeout(LIST_TIMEOUT, keys.source.list()).await;
            keys.keep(listed.unwrap_or_else(|late| {
                let failure = Failure::unavailable("TIMED_OUT").retry_after(REFRESH_PAUSE);
                Err(failure.into_status(&NoAnswer(late)))
            }));
            drop(turn);
        })
    }

    fn keep(&self, listed: Result<Vec<PublicKey>, Status>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.asked = Some(self.clock.now());
        match listed {
            Ok(keys) => {
                let mut before = mem::take(&mut kept.keys);
                // One that stays is the same: what was checked with it goes on to count.
                let keys = keys.into_iter().take(KEYS_MAX).map(|key| {
                    let same = before.remove(&key.id).filter(|known| is(known, &key.bytes));
                    (key.id, same.unwrap_or_else(|| Arc::new(DecodingKey::from_ed_der(&key.bytes))))
                });
                kept.keys = keys.collect();
                kept.failure = None;
            }
            Err(status) => kept.failure = Some(status),
        }
    }

    fn find(&self, id: &str) -> Option<Arc<DecodingKey>> {
        self.kept().keys.get(id).cloned()
    }

    fn is_stale(&self) -> bool {
        let has_failed = self.kept().failure.is_some();
        !self.asked_within(if has_failed { REFRESH_PAUSE } else { REFRESH_INTERVAL })
    }

    fn asked_within(&self, age: Duration) -> bool {
        self.kept().asked.is_some_and(|asked| self.clock.now().since(asked) < age)
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is(key: &DecodingKey, bytes: &[u8]) -> bool {
    matches!(key.kind(), DecodingKeyKind::SecretOrDer(known) if known == bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use confab_core::ManualClock;

    use super::*;

    #[derive(Default)]
    struct Source {
        asked: AtomicUsize,
        away: AtomicBool,
        hangs: AtomicBool,
        removed: AtomicBool,
        changed: AtomicBool,
    }

    #[async_trait]
    impl KeySource for Source {
        async fn list(&self) -> Result<Vec<PublicKey>, Status> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.hangs.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            if self.away.load(Ordering::Relaxed) {
                return Err(Status::unavailable("away"));
            }
            if self.removed.load(Ordering::Relaxed) {
                return Ok(Vec::new());
            }
            let byte = if self.changed.load(Ordering::Relaxed) { 8 } else { 7 };
            Ok(vec![PublicKey { id: "one".into(), bytes: vec![byte; 32] }])
        }
    }

    fn keys() -> (Arc<Keys>, Arc<Source>, Arc<ManualClock>) {
        let (source, clock) = (Arc::new(Source::default()), Arc::new(ManualClock::default()));
        (Arc::new(Keys::new(source.clone(), clock.clone())), source, clock)
    }

    /// What `get` returns without waiting for anybody.
    async fn get_at_once(keys: &Arc<Keys>, id: &str) -> Option<Arc<DecodingKey>> {
        timeout(Duration::ZERO, keys.get(id)).await.expect("it waits").unwrap()
    }

    #[tokio::test]
    async fn a_known_key_is_not_asked_for_again() {
        let (keys, source, _) = keys();
        for _ in 0..10 {
            assert!(keys.get("one").await.unwrap().is_some());
        }
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn made_up_keys_do_not_flood_auth() {
        let (keys, source, clock) = keys();
        for at in 0..100 {
            assert!(keys.get(&format!("made up {at}")).await.unwrap().is_none());
        }
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);

        clock.advance(REFRESH_PAUSE);
        assert!(keys.get("made up").await.unwrap().is_none());
        assert_eq!(source.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn known_keys_outlive_auth() {
        let (keys, source, clock) = keys();
        keys.get("one").await.unwrap();
        source.away.store(true, Ordering::Relaxed);
        clock.advance(REFRESH_INTERVAL * 2);

        assert!(keys.get("one").await.unwrap().is_some());
        assert_eq!(keys.get("two").await.err().unwrap().code(), tonic::Code::Unavailable);
    }

    #[tokio::test]
    async fn a_key_that_stays_is_the_same_and_one_with_other_bytes_is_not() {
        let (keys, source, clock) = keys();
        let first = keys.get("one").await.unwrap().unwrap();
        let asked_again = async || {
            clock.advance(REFRESH_INTERVAL);
            keys.freshen();
            drop(keys.asking.lock().await);
            keys.get("one").await.unwrap().unwrap()
        };
        assert!(Arc::ptr_eq(&first, &asked_again().await));
        source.changed.store(true, Ordering::Relaxed);
        assert!(!Arc::ptr_eq(&first, &asked_again().await));
        assert_eq!((Arc::strong_count(&first), source.asked.load(Ordering::Relaxed)), (1, 3));
    }

    #[tokio::test]
    async fn an_old_key_is_used_at_once_while_auth_hangs() {
        let (keys, source, clock) = keys();
        keys.get("one").await.unwrap();
        source.hangs.store(true, Ordering::Relaxed);
        clock.advance(REFRESH_INTERVAL * 2);

        for _ in 0..10 {
            assert!(get_at_once(&keys, "one").await.is_some());
            tokio::task::yield_now().await;
        }
        // Made-up keys wait for auth; they do not hold up those who need not.
        let waits = timeout(Duration::ZERO, keys.get("made up")).await;
        assert!(waits.is_err());
        assert!(get_at_once(&keys, "one").await.is_some());
        assert_eq!(source.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_removed_key_is_forgotten() {
        let (keys, source, clock) = keys();
        keys.get("one").await.unwrap();
        source.removed.store(true, Ordering::Relaxed);
        clock.advance(REFRESH_INTERVAL);

        keys.get("one").await.unwrap();
        drop(keys.asking.lock().await);
        assert!(keys.get("one").await.unwrap().is_none());
        assert_eq!(source.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_failure_is_not_repeated_by_everybody_who_waited() {
        let (keys, source, clock) = keys();
        source.away.store(true, Ordering::Relaxed);
        for _ in 0..10 {
            assert_eq!(keys.get("one").await.err().unwrap().code(), tonic::Code::Unavailable);
        }
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);

        source.away.store(false, Ordering::Relaxed);
        clock.advance(REFRESH_PAUSE);
        assert!(keys.get("one").await.unwrap().is_some());
    }
}
