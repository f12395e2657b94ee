//! Finds out what a file is, and makes of it what is kept.
//!
//! # Invariants
//!
//! * Nothing is decoded in this process.
//! * What is kept has no metadata of whoever made it, or says that it may.

use std::time::Duration;

use tempfile::TempDir;

use crate::domain::{ContentType, Variant};
use crate::spool::SpooledFile;

/// What was found out about a file, and what is kept of it.
#[derive(Debug)]
pub struct Examined {
    /// What is kept in place of what came. The same file, if nothing had to be changed.
    pub original: Rendition,
    /// The thumbnails of a picture, [`Variant::Large`] and [`Variant::Small`].
    /// None of anything else.
    pub thumbnails: Vec<(Variant, Rendition)>,
    /// How long a film or a sound is.
    pub duration: Option<Duration>,
    /// What a picture looks like from afar (<https://blurha.sh>).
    pub blurhash: Option<String>,
    /// Whether metadata that the file may have had is still in it, because it
    /// cannot be removed from this type.
    pub keeps_metadata: bool,
    /// Where the files lie that were made. They go when this is dropped.
    pub folder: TempDir,
}

/// One form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The bytes.
    pub file: SpooledFile,
    /// What they are.
    pub content_type: ContentType,
    /// Width and height in pixels, of what is seen, as it is seen.
    pub dimensions: Option<(u32, u32)>,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is none of the types that are.
    #[error("files of this type are not accepted")]
    Type,
    /// It claims to be something, and is not, or not whole.
    #[error("the file is damaged")]
    Damaged,
    /// It has more pixels or frames than are decoded here.
    #[error("the picture is too large: {limit}")]
    TooLarge {
        /// What it may have at most, such as `at most 40 megapixels`.
        limit: String,
    },
    /// To decode it took more time or memory than a picture may.
    #[error("the picture takes too long to decode")]
    TooCostly,
    /// The scanner found something in it.
    #[error("the file is infected")]
    Infected,
    /// The scanner did not answer, and files are not taken without it.
    #[error("files cannot be checked now")]
    Unscanned,
    /// The machine failed: the disk, or the process that decodes.
    #[error("the file could not be examined")]
    Failed(#[from] std::io::Error),
}
