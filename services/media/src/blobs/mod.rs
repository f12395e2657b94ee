//! Where bytes are kept: each blob once, under the hash of its bytes.
//!
//! # Invariants
//!
//! * A blob that was put is durable, whole, and what its key says, when `put` returns.
//! * Nothing here counts who uses a blob: that is for the stores of the service.

mod cloudinary;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod faults;
mod http;
mod local;
pub mod moving;
#[cfg(test)]
mod rclone;
mod s3;
mod settings;

use std::error::Error;
use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::domain::{BlobKey, ContentType};
use crate::spool::SpooledFile;

pub use cloudinary::{Algorithm, CloudinaryAccess, CloudinaryStore};
pub use http::Patience;
pub use local::LocalStore;
pub use s3::{PublicAddress, S3Access, S3Store};
pub use settings::{BlobSecrets, BlobSettings, BlobSettingsError, BlobsKind};

/// What a reader is given at once, at most.
const PIECE_BYTES_MAX: usize = 256 * 1024;

/// How long an address of a blob is good: until a browser has gone there, and
/// for clocks that differ a little.
pub const ADDRESS_TIME: Duration = Duration::from_mins(1);

/// As what a store is to serve a blob to whoever comes for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The type, one of the short list.
    pub content_type: ContentType,
    /// Whether it is shown, and what it is called (RFC 6266).
    pub disposition: String,
}

/// The bytes of a blob as they come. Each piece is at most some hundred kilobytes.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// Keeps blobs. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Keeps the bytes of `file` under its key. Those that are kept already are
    /// kept once; that is no error.
    ///
    /// The file stays where it is; a store in the same file system may share its
    /// bytes with it, so nobody writes to it any more.
    ///
    /// # Errors
    ///
    /// After any, the blob may or may not be kept; putting it again settles it.
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError>;

    /// The size of a blob in bytes; nothing if it is not kept.
    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// The bytes of a blob from `range.start` up to but not including `range.end`,
    /// which does not lie behind its end.
    ///
    /// # Errors
    ///
    /// [`BlobError::Missing`] if the blob is not kept.
    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError>;

    /// Erases a blob. That it is not kept is no error.
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;

    /// An address from which browsers can load a blob past us, good for
    /// [`ADDRESS_TIME`]; nothing where that cannot be, or is not wanted.
    async fn address(&self, key: &BlobKey, served: &Served) -> Result<Option<String>, BlobError> {
        let _ = (key, served);
        Ok(None)
    }

    /// Returns up to `limit` of the keys that are kept, in ascending order, from
    /// behind `after` on.
    async fn list(&self, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobKey>, BlobError>;
}

/// Why a blob store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("the blob {key} is not kept")]
    Missing {
        /// Its name.
        key: BlobKey,
    },
    /// The store did not answer, or not in time. Trying again may help.
    #[error("could not {task}: the blob store is unavailable")]
    Unavailable {
        /// What was being tried.
        task: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no room left.
    #[error("could not {task}: there is no room for blobs")]
    Full {
        /// What was being tried.
        task: &'static str,
        /// What was said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// What is kept is not what was put, or the store answers what makes no sense.
    #[error("could not {task}: {detail}")]
    Corrupt {
        /// What was being tried.
        task: &'static str,
        /// What is wrong.
        detail: String,
    },
}

/// Cuts what a store sent at once into pieces of a fair size.
fn in_pieces(mut bytes: Bytes) -> impl Stream<Item = Result<Bytes, BlobError>> {
    stream::iter(std::iter::from_fn(move || {
        let length = bytes.len().min(PIECE_BYTES_MAX);
        (length > 0).then(|| Ok(bytes.split_to(length)))
    }))
}
