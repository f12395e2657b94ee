//! Finds out what a file is, and makes of it what is kept.
//!
//! ```text
//! sniff.rs      what it is, by its bytes; text.rs: whether it is text
//!   workers.rs    pictures: a process for each, a few at a time, watched
//!     frames.rs     what such a process says
//!     worker/       what goes on in it
//!   tracks/       sound and films: how long, how large, and where metadata lies
//! ```
//!
//! # Invariants
//!
//! * Nothing is decoded in this process.
//! * What is kept has no metadata of whoever made it, or says that it may.

mod frames;
mod sniff;
mod text;
mod tracks;
mod worker;
mod workers;

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::domain::{ContentType, MediaKind, Variant};
use crate::scan::{Scanner, Verdict};
use crate::spool::SpooledFile;

pub use worker::run as run_worker;
pub use workers::{WorkerCommand, Workers};

/// Examines files before they are kept.
pub struct Intake {
    folder: PathBuf,
    workers: Workers,
    scanner: Option<Scanner>,
}

impl Intake {
    /// Has `workers` decode pictures, and puts what is made of files into `folder`.
    #[must_use]
    pub fn new(folder: PathBuf, workers: Workers) -> Self {
        Self { folder, workers, scanner: None }
    }

    /// Has `scanner` look at every file first.
    #[must_use]
    pub fn with_scanner(mut self, scanner: Option<Scanner>) -> Self {
        self.scanner = scanner;
        self
    }

    /// Finds out what `file` is, and makes of it what is kept.
    ///
    /// # Errors
    ///
    /// If it is not taken, or cannot be examined now.
    pub async fn examine(&self, file: &SpooledFile) -> Result<Examined, Refused> {
        self.scan(file).await?;
        let content_type = told_by_bytes(file).await?.ok_or(Refused::Type)?;
        let folder = TempDir::new_in(&self.folder)?;
        match content_type.kind() {
            MediaKind::Image => self.picture(file, folder).await,
            MediaKind::Video | MediaKind::Audio => with_tracks(file.clone(), content_type, folder).await,
            MediaKind::File => Ok(as_it_is(file.clone(), content_type, folder)),
        }
    }

    async fn scan(&self, file: &SpooledFile) -> Result<(), Refused> {
        let Some(scanner) = &self.scanner else { return Ok(()) };
        match scanner.scan(file).await? {
            Verdict::Harmless => Ok(()),
            Verdict::Infected => Err(Refused::Infected),
            Verdict::Unknown => Err(Refused::Unscanned),
        }
    }

    async fn picture(&self, file: &SpooledFile, folder: TempDir) -> Result<Examined, Refused> {
        let decoded = self.workers.decode(file, folder.path()).await?;
        Ok(Examined {
            original: decoded.original,
            thumbnails: decoded.thumbnails,
            duration: None,
            blurhash: Some(decoded.blurhash),
            keeps_metadata: false,
            folder,
        })
    }
}

async fn told_by_bytes(file: &SpooledFile) -> io::Result<Option<ContentType>> {
    let path = file.path.clone();
    spawn_blocking(move || sniff::sniff(&mut File::open(path)?)).await?
}

/// Sound and films lose their metadata where that can be done without decoding them.
async fn with_tracks(
    file: SpooledFile,
    content_type: ContentType,
    folder: TempDir,
) -> Result<Examined, Refused> {
    let into = folder.path().to_owned();
    let cleaned = spawn_blocking(move || tracks::clean(&file, content_type, &into)).await;
    let cleaned = cleaned.map_err(io::Error::from)?.map_err(|error| match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Refused::Damaged,
        _ => Refused::Failed(error),
    })?;
    let dimensions = cleaned.tracks.dimensions;
    Ok(Examined {
        original: Rendition { file: cleaned.file, content_type, dimensions },
        thumbnails: Vec::new(),
        duration: cleaned.tracks.duration,
        blurhash: None,
        keeps_metadata: cleaned.keeps_metadata,
        folder,
    })
}

/// What nobody looks into passes unchanged. Text has nothing beside what is read.
fn as_it_is(file: SpooledFile, content_type: ContentType, folder: TempDir) -> Examined {
    Examined {
        original: Rendition { file, content_type, dimensions: None },
        thumbnails: Vec::new(),
        duration: None,
        blurhash: None,
        keeps_metadata: content_type != ContentType::Text,
        folder,
    }
}

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
