//! Files that are not kept yet: what is being uploaded, and what is made of it.

use std::path::PathBuf;

use crate::domain::BlobKey;

/// A file on the disk of this process that is complete, with what is known of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpooledFile {
    /// Where it lies.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    /// What they hash to.
    pub key: BlobKey,
}
