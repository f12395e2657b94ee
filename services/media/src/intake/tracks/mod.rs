//! Sound and films: how long and how large they are, and where their metadata
//! lies. Their containers are read, and what is in them is never decoded.
//!
//! ```text
//! isobmff.rs   MP4, M4A
//! ebml.rs      WebM
//! ogg.rs       Ogg with Opus or Vorbis
//! mp3.rs       MP3
//! ```
//!
//! # Invariants
//!
//! * Whatever a file claims, its readers take a bounded number of steps, and
//!   hold a bounded part of it.
//! * A cleaned file differs from what came only where metadata was.

mod ebml;
mod isobmff;
pub mod mp3;
mod ogg;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::{BlobKey, ContentType};
use crate::spool::SpooledFile;

/// How much is copied at a time.
const CHUNK_BYTES: usize = 256 * 1024;
/// Nobody sends more than this; whatever says so is damaged.
const DURATION_MAX: Duration = Duration::from_hours(30 * 24);
/// The longest side that a film may say it has.
const SIDE_PIXELS_MAX: u32 = 32_768;

/// What a container says about what is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tracks {
    /// How long it is, if it says so.
    pub duration: Option<Duration>,
    /// Width and height of the film in it, in pixels, as it is shown.
    pub dimensions: Option<(u32, u32)>,
    /// Whether there is a film in it.
    pub has_video: bool,
}

/// What has to be done to a file so that it has no metadata any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaning {
    /// Which part of the file is kept.
    pub keep: Range<u64>,
    /// What is written over it, from front to back.
    pub patches: Vec<Patch>,
    /// Whether some of it cannot be removed.
    pub keeps_metadata: bool,
}

/// Bytes to be written over others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where they come, in the file as it was.
    pub at: u64,
    /// What comes there first.
    pub bytes: Vec<u8>,
    /// How many zeros come behind that.
    pub zeros: u64,
}

impl Cleaning {
    /// Keeps all of a file of that `size`, as it is.
    #[must_use]
    pub fn nothing(size: u64) -> Self {
        Self { keep: 0..size, patches: Vec::new(), keeps_metadata: false }
    }

    fn is_nothing(&self, size: u64) -> bool {
        self.keep == (0..size) && self.patches.is_empty()
    }
}

impl Patch {
    fn end(&self) -> u64 {
        self.at + self.bytes.len() as u64 + self.zeros
    }
}

/// What was found in a file, and the file to be kept.
#[derive(Debug)]
pub struct Cleaned {
    /// The one that came, if there was nothing to be done to it.
    pub file: SpooledFile,
    /// What is in it.
    pub tracks: Tracks,
    /// Whether some metadata is still in it.
    pub keeps_metadata: bool,
}

/// Finds out what is in `file`, and puts it into `folder` without its metadata.
///
/// This reads and writes files, so it runs where that delays nobody.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] or [`ErrorKind::UnexpectedEof`] if the file is damaged.
pub fn clean(file: &SpooledFile, content_type: ContentType, folder: &Path) -> io::Result<Cleaned> {
    let mut from = BufReader::new(File::open(&file.path)?);
    let (tracks, cleaning) = survey(&mut from, file.size, content_type)?;
    let keeps_metadata = cleaning.keeps_metadata;
    if cleaning.is_nothing(file.size) {
        return Ok(Cleaned { file: file.clone(), tracks, keeps_metadata });
    }
    let path = folder.join("original");
    let (size, key) = copy(&mut from.into_inner(), &path, &cleaning)?;
    Ok(Cleaned { file: SpooledFile { path, size, key }, tracks, keeps_metadata })
}

fn survey(
    file: &mut (impl Read + Seek),
    size: u64,
    content_type: ContentType,
) -> io::Result<(Tracks, Cleaning)> {
    let (mut tracks, mut cleaning) = match content_type {
        ContentType::Mp3 => mp3::survey(file, size)?,
        ContentType::Ogg => ogg::survey(file, size)?,
        ContentType::Mp4 | ContentType::M4a => isobmff::survey(file, size)?,
        ContentType::Webm => ebml::survey(file, size)?,
        _ => return Err(ErrorKind::InvalidInput.into()),
    };
    tracks.duration = tracks.duration.filter(|&duration| duration <= DURATION_MAX);
    let is_fair = |side: u32| (1..=SIDE_PIXELS_MAX).contains(&side);
    tracks.dimensions = tracks.dimensions.filter(|&(width, height)| is_fair(width) && is_fair(height));
    cleaning.patches.sort_by_key(|patch| patch.at);
    let overlap = cleaning.patches.windows(2).any(|pair| pair[0].end() > pair[1].at);
    let is_outside = cleaning.patches.iter().any(|patch| patch.end() > size);
    if overlap || is_outside { Err(ErrorKind::InvalidData.into()) } else { Ok((tracks, cleaning)) }
}

/// Writes what `cleaning` leaves of `from` to `path`.
fn copy(from: &mut File, path: &Path, cleaning: &Cleaning) -> io::Result<(u64, BlobKey)> {
    let file = File::options().write(true).create_new(true).open(path)?;
    let mut to = Hashed { to: BufWriter::with_capacity(CHUNK_BYTES, file), hasher: Sha256::new(), size: 0 };
    let mut at = cleaning.keep.start;
    for patch in &cleaning.patches {
        copy_part(from, at..patch.at, &mut to)?;
        to.write_all(&patch.bytes)?;
        io::copy(&mut io::repeat(0).take(patch.zeros), &mut to)?;
        at = patch.end();
    }
    copy_part(from, at..cleaning.keep.end, &mut to)?;
    to.flush()?;
    Ok((to.size, BlobKey::finish(to.hasher)))
}

fn copy_part(from: &mut File, part: Range<u64>, to: &mut impl Write) -> io::Result<()> {
    let length = part.end.checked_sub(part.start).ok_or(ErrorKind::InvalidData)?;
    from.seek(SeekFrom::Start(part.start))?;
    let copied = io::copy(&mut BufReader::with_capacity(CHUNK_BYTES, from.take(length)), to)?;
    if copied == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// Hashes what is written through it.
struct Hashed<W> {
    to: W,
    hasher: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// How long `count` ticks are, if there are that many in a second.
fn ticks(count: u64, per_second: u32) -> Option<Duration> {
    const NANOS_PER_SECOND: u64 = 1_000_000_000;
    let per_second = u64::from(per_second);
    let rest = count.checked_rem(per_second)? * NANOS_PER_SECOND / per_second;
    Some(Duration::from_secs(count / per_second) + Duration::from_nanos(rest))
}

/// Up to `length` bytes of `file` from `at` on; fewer where it ends.
fn read_at(file: &mut (impl Read + Seek), at: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(length);
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
