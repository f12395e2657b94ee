//! The public keys that access tokens are checked with, fetched and kept.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::{Clock, Timestamp};
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use jsonwebtoken::DecodingKey;
use tokio::sync::Mutex;
use tonic::Status;

use crate::Channel;

/// How long keys are used before they are asked for again, so that a removed
/// key is forgotten.
const REFRESH_INTERVAL: Duration = Duration::from_mins(5);
/// How soon keys may be asked for again because of a token with an unknown key:
/// anybody can make such tokens.
const REFRESH_PAUSE: Duration = Duration::from_secs(2);
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
    asking: Mutex<()>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, Arc<DecodingKey>>,
    asked: Option<Timestamp>,
}

impl Keys {
    pub(crate) fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, kept: RwLock::default(), asking: Mutex::default() }
    }

    /// Returns the key `id`, or `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// If it is not at hand, and auth cannot be asked.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<Arc<DecodingKey>>, Status> {
        if let Some(key) = self.find(id, REFRESH_INTERVAL) {
            return Ok(Some(key));
        }
        let _asking = self.asking.lock().await;
        if let Some(key) = self.find(id, REFRESH_INTERVAL) {
            return Ok(Some(key));
        }
        if self.asked_within(REFRESH_PAUSE) {
            return Ok(self.find(id, Duration::MAX));
        }
        match self.source.list().await {
            Ok(keys) => {
                self.keep(keys);
                Ok(self.find(id, Duration::MAX))
            }
            // While auth is away, the keys we have are as good as any.
            Err(status) => self.find(id, Duration::MAX).map(Some).ok_or(status),
        }
    }

    fn find(&self, id: &str, age_max: Duration) -> Option<Arc<DecodingKey>> {
        let fresh = age_max == Duration::MAX || self.asked_within(age_max);
        let kept = self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.keys.get(id).filter(|_| fresh).cloned()
    }

    fn asked_within(&self, age: Duration) -> bool {
        let kept = self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.asked.is_some_and(|asked| self.clock.now().since(asked) < age)
    }

    fn keep(&self, keys: Vec<PublicKey>) {
        let keys = keys.into_iter().take(KEYS_MAX);
        let keys = keys.map(|key| (key.id, Arc::new(DecodingKey::from_ed_der(&key.bytes)))).collect();
        let mut kept = self.kept.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *kept = Kept { keys, asked: Some(self.clock.now()) };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use confab_core::ManualClock;

    use super::*;

    #[derive(Default)]
    struct Source {
        asked: AtomicUsize,
        away: std::sync::atomic::AtomicBool,
    }

    #[async_trait]
    impl KeySource for Source {
        async fn list(&self) -> Result<Vec<PublicKey>, Status> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.away.load(Ordering::Relaxed) {
                return Err(Status::unavailable("away"));
            }
            Ok(vec![PublicKey { id: "one".into(), bytes: vec![7; 32] }])
        }
    }

    fn keys() -> (Keys, Arc<Source>, Arc<ManualClock>) {
        let (source, clock) = (Arc::new(Source::default()), Arc::new(ManualClock::default()));
        (Keys::new(source.clone(), clock.clone()), source, clock)
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
}
