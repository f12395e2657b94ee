//! What is kept of uploads, and of how much people have.

use async_trait::async_trait;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Exceeded, Quota, Upload, Usage};

/// How beginning an upload went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// What it will take is reserved.
    Yes,
    /// Nothing is stored: there would be too much.
    Exceeded(Exceeded),
}

/// Keeps uploads. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait UploadStore: Send + Sync {
    /// Stores a new upload, and reserves what it will take of its owner's quota.
    ///
    /// Of several at once, also on several nodes, no more get in than fit.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not be stored; what is stored
    /// of it goes when it expires.
    async fn begin(&self, upload: &Upload, quota: &Quota) -> Result<Begun, StoreError>;

    /// Returns the upload `id`.
    async fn find_upload(&self, id: MediaId) -> Result<Option<Upload>, StoreError>;

    /// Notes that `received` bytes of the upload `id` are durable, and returns
    /// whether there is such an upload. Never goes back.
    async fn advance(&self, id: MediaId, received: u64) -> Result<bool, StoreError>;

    /// Forgets the upload `id`, and gives back what it has reserved. That there
    /// is none is no error.
    async fn cancel(&self, id: MediaId) -> Result<(), StoreError>;

    /// Returns up to `limit` of the uploads that have expired by `now`.
    async fn expired(&self, now: Timestamp, limit: usize) -> Result<Vec<MediaId>, StoreError>;

    /// Returns how much `user` has.
    async fn usage(&self, user: UserId) -> Result<Usage, StoreError>;
}
