//! The public keys of all auth nodes, this one's among them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::{Clock, Timestamp};
use confab_db::StoreError;
use confab_rpc::{KeySource, PublicKey};
use tokio::sync::{Mutex, OnceCell};
use tokio::time::sleep;
use tonic::Status;

use crate::audit;
use crate::domain::{Actor, AuditEvent, AuditKind, PublishedKey};
use crate::error::Error;
use crate::signing::SigningKey;
use crate::store::{KeyStore, Stores};

/// How long a registration is relied on. Often enough to stay among the keys
/// that are published, however often other nodes come with new ones.
const REGISTRATION_INTERVAL: Duration = Duration::from_hours(1);

/// How long a key is published before the first token is signed with it: longer
/// than services may leave auth alone after they have asked for the keys, so that
/// whoever meets an unknown key finds it.
const PUBLICATION_LEAD: Duration = Duration::from_secs(5);

/// Publishes the key of this node, and knows those of the others.
pub struct SigningKeys {
    own: RwLock<Arc<Own>>,
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    /// Held while another key takes the place of ours.
    changing: Mutex<()>,
}

/// The key of this node.
struct Own {
    key: SigningKey,
    /// When it was last registered, in milliseconds; empty until then.
    registered: OnceCell<AtomicI64>,
}

impl SigningKeys {
    /// Signs with `own`, and publishes it in `store`.
    #[must_use]
    pub fn new(own: SigningKey, store: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        let own = Own { key: own, registered: OnceCell::new() };
        Self { own: RwLock::new(Arc::new(own)), store, clock, changing: Mutex::new(()) }
    }

    /// Returns the key of this node.
    ///
    /// It is published by then: a token that nobody can check would be worse
    /// than none. The first who needs it does it, so that a node can start
    /// before its database. From then on it is published again now and then, so
    /// that it counts as used.
    ///
    /// # Errors
    ///
    /// If it has never been published, and could not be now.
    pub async fn own(&self) -> Result<SigningKey, StoreError> {
        let (now, own) = (self.clock.now(), self.current());
        let first = || async { self.register(&own.key, now).await.map(|()| AtomicI64::new(now.as_millis())) };
        let registered = own.registered.get_or_try_init(first).await?;

        let last = registered.load(Ordering::Relaxed);
        let is_due = now.since(Timestamp::from_millis(last)) >= REGISTRATION_INTERVAL;
        // One does it, and nobody else waits.
        if is_due
            && registered
                .compare_exchange(last, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
            && let Err(error) = self.register(&own.key, now).await
        {
            // It is still known from the last time.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the key could not be published again");
        }
        Ok(own.key.clone())
    }

    /// Signs with `next` instead, after it was published for a while. The key
    /// until now is published for as long as its tokens may be about. Returns
    /// whether it was another one.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing has changed, and a retry does no harm.
    pub async fn change(&self, next: SigningKey) -> Result<bool, StoreError> {
        self.change_after(PUBLICATION_LEAD, next).await
    }

    async fn change_after(&self, lead: Duration, next: SigningKey) -> Result<bool, StoreError> {
        let _turn = self.changing.lock().await;
        let old = self.current();
        if old.key.id() == next.id() {
            return Ok(false);
        }
        self.register(&next, self.clock.now()).await?;
        sleep(lead).await;
        let now = self.clock.now();
        self.store.retire(old.key.id(), now).await?;

        tracing::info!(old = old.key.id(), new = next.id(), "the signing key has changed");
        let registered = OnceCell::new_with(Some(AtomicI64::new(now.as_millis())));
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        *own = Arc::new(Own { key: next, registered });
        Ok(true)
    }

    fn current(&self) -> Arc<Own> {
        self.own.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn register(&self, key: &SigningKey, now: Timestamp) -> Result<(), StoreError> {
        self.store.register(&key.publish(now), now).await
    }

    /// Returns the public keys of all nodes.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn published(&self) -> Result<Vec<PublishedKey>, StoreError> {
        // First, so that whoever remembers the answer can check our tokens.
        self.own().await?;
        self.store.list(self.clock.now()).await
    }
}

/// Changes the key that a running service signs with. Clones do the same.
#[derive(Clone)]
pub struct KeyRotation {
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) stores: Stores,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit_time: Duration,
}

impl KeyRotation {
    /// Has the service sign with `key`, in some seconds. If it does so already,
    /// nothing happens.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing has changed.
    pub async fn sign_with(&self, key: SigningKey) -> Result<(), StoreError> {
        let id = key.id().to_owned();
        if self.keys.change(key).await? {
            let event = AuditEvent::new(AuditKind::SigningKeyChanged, Actor::Server).about(&id);
            audit::write(&self.stores, &*self.clock, self.audit_time, event).await;
        }
        Ok(())
    }
}

#[async_trait]
impl KeySource for SigningKeys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        let keys = self.published().await.map_err(Error::from)?;
        Ok(keys.into_iter().map(|key| PublicKey { id: key.id, bytes: key.bytes.to_vec() }).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use confab_core::ManualClock;

    use super::*;

    /// Remembers when a key was registered, or fails.
    #[derive(Default)]
    struct Registrations {
        times: std::sync::Mutex<Vec<Timestamp>>,
        retired: std::sync::Mutex<Vec<String>>,
        fail: AtomicBool,
    }

    #[async_trait]
    impl KeyStore for Registrations {
        async fn register(&self, _: &PublishedKey, now: Timestamp) -> Result<(), StoreError> {
            self.times.lock().unwrap().push(now);
            if self.fail.load(Ordering::Relaxed) {
                return Err(StoreError::corrupt("publish a key", "on purpose"));
            }
            Ok(())
        }

        async fn retire(&self, id: &str, _: Timestamp) -> Result<(), StoreError> {
            self.retired.lock().unwrap().push(id.to_owned());
            Ok(())
        }

        async fn list(&self, _: Timestamp) -> Result<Vec<PublishedKey>, StoreError> {
            Ok(Vec::new())
        }
    }

    fn keys() -> (SigningKeys, Arc<Registrations>, Arc<ManualClock>) {
        let (store, clock) = (Arc::new(Registrations::default()), Arc::new(ManualClock::default()));
        let own = SigningKey::generate().unwrap();
        (SigningKeys::new(own, store.clone(), clock.clone()), store, clock)
    }

    #[tokio::test]
    async fn a_key_in_use_is_registered_once_an_hour() {
        let (keys, store, clock) = keys();
        let start = clock.now();
        for minute in 0..150 {
            assert_eq!(clock.now(), start.plus(Duration::from_mins(minute)));
            keys.own().await.unwrap();
            clock.advance(Duration::from_mins(1));
        }
        let expected = [0, 1, 2].map(|hours| start.plus(Duration::from_hours(hours)));
        assert_eq!(*store.times.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn only_the_first_registration_has_to_succeed() {
        let (keys, store, clock) = keys();
        store.fail.store(true, Ordering::Relaxed);
        assert!(keys.own().await.is_err());
        store.fail.store(false, Ordering::Relaxed);
        keys.own().await.unwrap();

        store.fail.store(true, Ordering::Relaxed);
        clock.advance(REGISTRATION_INTERVAL);
        keys.own().await.unwrap();
        assert_eq!(store.times.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn another_key_takes_the_place_of_ours_once() {
        let (keys, store, clock) = keys();
        let (old, next) = (keys.own().await.unwrap(), SigningKey::generate().unwrap());
        for _ in 0..2 {
            clock.advance(Duration::from_mins(1));
            keys.change_after(Duration::ZERO, next.clone()).await.unwrap();
        }
        assert_eq!(keys.own().await.unwrap().id(), next.id());
        assert_eq!(*store.retired.lock().unwrap(), [old.id()]);
        assert_eq!(store.times.lock().unwrap().len(), 2, "each was published once");
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_published_is_not_signed_with() {
        let (keys, store, _) = keys();
        let old = keys.own().await.unwrap();
        store.fail.store(true, Ordering::Relaxed);
        assert!(keys.change_after(Duration::ZERO, SigningKey::generate().unwrap()).await.is_err());
        assert_eq!(keys.own().await.unwrap().id(), old.id());
        assert!(store.retired.lock().unwrap().is_empty());
    }
}
