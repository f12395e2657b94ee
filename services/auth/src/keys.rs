//! The public keys of all auth nodes, this one's among them.

use std::sync::Arc;

use async_trait::async_trait;
use confab_core::Clock;
use confab_db::StoreError;
use confab_rpc::{KeySource, PublicKey};
use tokio::sync::OnceCell;
use tonic::Status;

use crate::domain::PublishedKey;
use crate::error::Error;
use crate::signing::SigningKey;
use crate::store::KeyStore;

/// Publishes the key of this node, and knows those of the others.
pub struct SigningKeys {
    own: SigningKey,
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    is_published: OnceCell<()>,
}

impl SigningKeys {
    /// Signs with `own`, and publishes it in `store`.
    #[must_use]
    pub fn new(own: SigningKey, store: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { own, store, clock, is_published: OnceCell::new() }
    }

    /// Returns the key of this node.
    ///
    /// It is published by then: a token that nobody can check would be worse
    /// than none. Once is enough, and the first who needs it does it, so that a
    /// node can start before its database.
    ///
    /// # Errors
    ///
    /// If it could not be published.
    pub async fn own(&self) -> Result<&SigningKey, StoreError> {
        let publish = || async {
            let now = self.clock.now();
            self.store.register(&self.own.publish(now), now).await
        };
        self.is_published.get_or_try_init(publish).await?;
        Ok(&self.own)
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
