//! What became of pushes, for whoever runs the server.

use std::sync::Arc;

use confab_core::UserId;
use confab_core::page::Page;
use confab_db::{Database, OpenError, StoreError};
use confab_proto::message::v1;

use super::{EmbeddedPushes, MongoPushes, PushStore};

/// What became of pushes, opened for an operator's command.
pub struct Ledger(Arc<dyn PushStore>);

impl Ledger {
    /// Opens what is in `database`, also while a server runs with it.
    ///
    /// # Errors
    ///
    /// If it cannot be used.
    pub async fn open_beside(database: &Database) -> Result<Self, OpenError> {
        Ok(Self(match database {
            Database::Embedded { folder } => Arc::new(EmbeddedPushes::open_beside(folder)?),
            Database::MongoDb(server) => Arc::new(MongoPushes::open(server).await?),
        }))
    }

    /// Returns what became of the latest `limit` pushes to devices of `user`.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn list(&self, user: UserId, limit: usize) -> Result<Vec<v1::Push>, StoreError> {
        let pushes = self.0.list(user, Page { size: limit, after: None }).await?;
        Ok(pushes.into_iter().map(Into::into).collect())
    }

    /// Ends the use of it.
    pub async fn close(&self) {
        self.0.close().await;
    }
}
