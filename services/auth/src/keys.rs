//! The public keys of all auth nodes, this one's among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::{Clock, Timestamp};
use confab_db::StoreError;
use confab_rpc::{KeySource, PublicKey};
use tokio::sync::OnceCell;
use tonic::Status;

use crate::domain::PublishedKey;
use crate::error::Error;
use crate::signing::SigningKey;
use crate::store::KeyStore;

/// How long a registration is relied on. Often enough to stay among the keys
/// that are published, however often other nodes come with new ones.
const REGISTRATION_INTERVAL: Duration = Duration::from_hours(1);

/// Publishes the key of this node, and knows those of the others.
pub struct SigningKeys {
    own: SigningKey,
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    /// When it was last registered, in milliseconds; empty until then.
    registered: OnceCell<AtomicI64>,
}

impl SigningKeys {
    /// Signs with `own`, and publishes it in `store`.
    #[must_use]
    pub fn new(own: SigningKey, store: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { own, store, clock, registered: OnceCell::new() }
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
    pub async fn own(&self) -> Result<&SigningKey, StoreError> {
        let now = self.clock.now();
        let first = || async { self.register(now).await.map(|()| AtomicI64::new(now.as_millis())) };
        let registered = self.registered.get_or_try_init(first).await?;

        let last = registered.load(Ordering::Relaxed);
        let is_due = now.since(Timestamp::from_millis(last)) >= REGISTRATION_INTERVAL;
        // One does it, and nobody else waits.
        if is_due
            && registered
                .compare_exchange(last, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
            && let Err(error) = self.register(now).await
        {
            // It is still known from the last time.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the key could not be published again");
        }
        Ok(&self.own)
    }

    async fn register(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.register(&self.own.publish(now), now).await
    }

    /// Returns the public keys of all nodes.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn published(&self) -> Result<Vec<PublishedKey>, StoreError> {
        // First, so that whoever remembers the answer can check our tokens.
        self.own().await?;
        self.store.list().await
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
    use std::sync::Mutex;
    use std::sync::atomic::AtomicBool;

    use confab_core::ManualClock;

    use super::*;

    /// Remembers when a key was registered, or fails.
    #[derive(Default)]
    struct Registrations {
        times: Mutex<Vec<Timestamp>>,
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

        async fn list(&self) -> Result<Vec<PublishedKey>, StoreError> {
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
}
