//! Has pictures decoded, each in a process of its own that can be lost.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use nix::sys::signal::Signal;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWriteExt, BufReader, BufWriter};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::frames::{self, Frame, FrameError, Head, Refusal};
use super::worker::{ANIMATION_PIXELS_MAX, FRAMES_MAX, PIXELS_MAX, SIDE_PIXELS_MAX};
use super::{Refused, Rendition};
use crate::domain::{BlobKey, Variant};
use crate::spool::SpooledFile;

/// How long a picture may take. Whatever is not done by then is killed.
pub const WALL_TIME_MAX: Duration = Duration::from_secs(9);
/// How long a process that has said its last word may take to end.
const FAREWELL_MAX: Duration = Duration::from_secs(1);
/// What all forms of a picture may have together; without it, a worker in
/// wrong hands could fill the disk.
const OUTPUT_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How to start a process that decodes one picture: see [`run_worker`](super::run_worker).
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The program, by its full path.
    pub program: PathBuf,
    /// What it is told.
    pub arguments: Vec<OsString>,
}

/// Decodes pictures, as many at once as there are cores to spare.
///
/// Whoever comes later waits. How many can come is a matter of how many uploads
/// are let in.
#[derive(Clone)]
pub struct Workers {
    command: WorkerCommand,
    turns: Arc<Semaphore>,
}

/// What became of a picture.
#[derive(Debug)]
pub struct Decoded {
    /// The whole of it.
    pub original: Rendition,
    /// The smaller ones.
    pub thumbnails: Vec<(Variant, Rendition)>,
    /// What it looks like from afar.
    pub blurhash: String,
}

impl Workers {
    /// Starts workers with `command`: on all cores but one, so that everything
    /// else goes on while somebody uploads an album.
    #[must_use]
    pub fn new(command: WorkerCommand) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { command, turns: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))) }
    }

    /// Has `picture` decoded, and what becomes of it put into `folder`.
    ///
    /// # Errors
    ///
    /// If it is refused, by the worker or for what it did to the worker.
    pub async fn decode(&self, picture: &SpooledFile, folder: &Path) -> Result<Decoded, Refused> {
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let file = File::open(&picture.path).await?.into_std().await;
        let mut worker = self.start(file)?;
        let answer = worker.stdout.take().ok_or_else(|| io::Error::other("a worker has no output"))?;
        let heard = timeout(WALL_TIME_MAX, hear(BufReader::new(answer), folder)).await;
        if heard.is_err() {
            worker.start_kill()?;
        }
        let ended = end(&mut worker).await?;
        match heard {
            Ok(Ok(Heard::Decoded(decoded))) => Ok(decoded),
            Ok(Ok(Heard::Refused(refusal))) => Err(refusal.into()),
            Ok(Err(HearError::Frame(FrameError::CutOff(_)))) => Err(cause_of_death(ended)),
            Ok(Err(HearError::Frame(FrameError::Senseless(_)))) => Err(Refused::Damaged),
            Ok(Err(HearError::Disk(error))) => Err(error.into()),
            Err(_) => Err(Refused::TooCostly),
        }
    }

    fn start(&self, picture: std::fs::File) -> io::Result<Child> {
        Command::new(&self.command.program)
            .args(&self.command.arguments)
            // It is given the picture and nothing else: no secret is in reach.
            .env_clear()
            .stdin(Stdio::from(picture))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Waits for a worker that has nothing to say any more, and not for long.
async fn end(worker: &mut Child) -> io::Result<ExitStatus> {
    if let Ok(ended) = timeout(FAREWELL_MAX, worker.wait()).await {
        return ended;
    }
    worker.start_kill()?;
    worker.wait().await
}

/// Why a worker ended in the middle of its work.
fn cause_of_death(status: ExitStatus) -> Refused {
    let out_of = [Signal::SIGXCPU, Signal::SIGKILL, Signal::SIGABRT];
    match status.signal() {
        // Of time or memory: who gets none of that aborts.
        Some(signal) if out_of.iter().any(|&known| known as i32 == signal) => Refused::TooCostly,
        // A decoder lost its way.
        Some(_) => Refused::Damaged,
        None if status.code() == Some(PANICKED) => Refused::Damaged,
        None => io::Error::other(format!("a worker could not work: {status}")).into(),
    }
}

/// The exit code of a program of Rust that panicked.
const PANICKED: i32 = 101;

/// What a worker said, all of it.
enum Heard {
    Decoded(Decoded),
    Refused(Refusal),
}

#[derive(Debug, thiserror::Error)]
enum HearError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("what a worker said cannot be written")]
    Disk(#[from] io::Error),
}

/// Takes down what a worker says: each form of the picture into a file in `folder`.
async fn hear(mut answer: impl AsyncRead + Unpin, folder: &Path) -> Result<Heard, HearError> {
    let mut left = OUTPUT_BYTES_MAX;
    let (mut original, mut thumbnails) = (None, Vec::new());
    loop {
        match frames::read(&mut answer).await? {
            Frame::Begin(head) => {
                let rendition = take_down(&mut answer, head, folder, &mut left).await?;
                match head.variant {
                    Variant::Original if original.is_none() => original = Some(rendition),
                    variant if thumbnails.iter().all(|(other, _)| *other != variant) => {
                        thumbnails.push((variant, rendition));
                    }
                    _ => return Err(FrameError::Senseless("a variant came twice").into()),
                }
            }
            Frame::Done(facts) => {
                let original = original.ok_or(FrameError::Senseless("there is no picture"))?;
                return Ok(Heard::Decoded(Decoded { original, thumbnails, blurhash: facts.blurhash }));
            }
            Frame::Refused(refusal) => return Ok(Heard::Refused(refusal)),
            Frame::Data(_) | Frame::End => {
                return Err(FrameError::Senseless("bytes belong to no variant").into());
            }
        }
    }
}

async fn take_down(
    answer: &mut (impl AsyncRead + Unpin),
    head: Head,
    folder: &Path,
    left: &mut u64,
) -> Result<Rendition, HearError> {
    let path = folder.join(head.variant.word());
    // A second file of that name would be a variant that came twice.
    let file = File::options().write(true).create_new(true).open(&path).await?;
    let mut file = BufWriter::with_capacity(4 * frames::PAYLOAD_BYTES_MAX, file);
    let (mut hasher, mut size) = (Sha256::new(), 0);
    loop {
        match frames::read(answer).await? {
            Frame::Data(data) => {
                let length = data.len() as u64;
                *left = left.checked_sub(length).ok_or(FrameError::Senseless("there is no end to it"))?;
                size += length;
                hasher.update(&data);
                file.write_all(&data).await?;
            }
            Frame::End => break,
            _ => return Err(FrameError::Senseless("a variant has no end").into()),
        }
    }
    file.flush().await?;
    let file = SpooledFile { path, size, key: BlobKey::finish(hasher) };
    let dimensions = Some((head.width, head.height));
    Ok(Rendition { file, content_type: head.content_type, dimensions })
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Type => Self::Type,
            Refusal::Damaged => Self::Damaged,
            Refusal::TooCostly => Self::TooCostly,
            Refusal::TooManyPixels => Self::TooLarge {
                limit: format!("at most {} megapixels, {SIDE_PIXELS_MAX} on a side", PIXELS_MAX / 1_000_000),
            },
            Refusal::TooManyFrames => Self::TooLarge {
                limit: format!(
                    "at most {FRAMES_MAX} frames, {} megapixels together",
                    ANIMATION_PIXELS_MAX / 1_000_000
                ),
            },
        }
    }
}
