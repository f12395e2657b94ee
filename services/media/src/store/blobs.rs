//! What is kept of blobs: who uses them, and which may go.
//!
//! A blob is claimed before its bytes are written, and used by the files whose
//! forms they are. When nobody uses it and no claim holds, it is marked as being
//! erased; only then its bytes go, and after them the mark. Nobody can claim what
//! is marked, so no bytes go that somebody relies on.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::Timestamp;
use confab_db::StoreError;

use crate::domain::BlobKey;

/// How long whoever has marked a blob has to erase it.
pub const ERASE_TIME: Duration = Duration::from_mins(10);

/// How claiming blobs went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// None of them goes before the claim ends.
    Yes,
    /// Some of them are being erased. In a moment they can be claimed.
    Erasing,
}

/// A blob, as the index knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexedBlob {
    /// Its name.
    pub key: BlobKey,
    /// Its size in bytes.
    pub size: u64,
    /// How many files use it.
    pub uses: u64,
}

/// Keeps who uses which blob. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait BlobIndex: Send + Sync {
    /// Makes sure that none of `blobs`, which are given with their sizes, goes
    /// before `until`.
    ///
    /// # Errors
    ///
    /// After any, some may be claimed and others not.
    async fn claim(&self, blobs: &BTreeMap<BlobKey, u64>, until: Timestamp) -> Result<Claimed, StoreError>;

    /// Marks up to `limit` blobs as being erased that nobody uses, and whose
    /// claims have ended by `now`, and returns them. They are the caller's to
    /// erase, and nobody else's, for [`ERASE_TIME`]; after that, somebody else's.
    async fn doom(&self, now: Timestamp, limit: usize) -> Result<Vec<BlobKey>, StoreError>;

    /// Forgets a blob that was marked as being erased, now that its bytes are gone.
    async fn forget(&self, key: BlobKey) -> Result<(), StoreError>;

    /// Returns up to `limit` of the blobs that somebody uses, in the order of
    /// their keys, from behind `after` on.
    async fn list_used(&self, after: Option<BlobKey>, limit: usize) -> Result<Vec<IndexedBlob>, StoreError>;

    /// Returns those of `keys` that the index knows, used or not.
    async fn known(&self, keys: &[BlobKey]) -> Result<HashSet<BlobKey>, StoreError>;
}
