//! The worker: a process that decodes one picture and nothing else.
//!
//! ```text
//! standard input    the picture, whole
//! limits.rs         the process takes from itself what it does not need
//! headers.rs        what the picture claims to be; bombs end here
//! stills.rs         decoded, set upright, encoded anew; colors.rs: read as they were meant
//! gif.rs webp.rs    pictures that move, and go on moving
//! standard output   frames: the picture, smaller ones, and what was found
//! ```
//!
//! # Invariants
//!
//! * It opens no file and no socket, sees no variable of the environment, and
//!   learns neither a name nor whose picture it is.
//! * One process sees one picture, so that none can leave anything for the next.
//! * What goes out was made from pixels. Of the bytes that came in, only the
//!   compressed frames of moving `WebP` pictures are among it.

mod colors;
mod gif;
mod headers;
mod limits;
mod stills;
mod thumbnails;
mod webp;

use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use image::ImageError;

use super::frames::{self, Facts, Frame, Head, Refusal};
use super::sniff;
use crate::domain::{ContentType, Variant};

pub use headers::{ANIMATION_PIXELS_MAX, FRAMES_MAX, PIXELS_MAX, SIDE_PIXELS_MAX};

/// The largest picture that is read at all.
pub const INPUT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Decodes the picture on standard input, and answers on standard output.
///
/// This is all that a worker process does. Its command line is given to
/// [`Workers`](super::Workers) by whoever builds the service.
#[must_use]
pub fn run() -> ExitCode {
    let worked = limits::confine().and_then(|()| answer(io::stdin().lock(), io::stdout().lock()));
    match worked {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever started us has gone, or will see how this process ended.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Reads a picture and says what became of it.
fn answer(picture: impl Read, out: impl Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    picture.take(INPUT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let mut out = Out { to: BufWriter::with_capacity(frames::PAYLOAD_BYTES_MAX, out) };
    let last = match render(&bytes, &mut out) {
        Ok(facts) => Frame::Done(facts),
        Err(Failure::Refused(refusal)) => Frame::Refused(refusal),
        Err(Failure::Output(error)) => return Err(error),
    };
    frames::write(&mut out.to, &last)?;
    out.to.flush()
}

/// Makes every form of the picture in `bytes`.
fn render(bytes: &[u8], out: &mut Out<impl Write>) -> Result<Facts, Failure> {
    if bytes.len() > INPUT_BYTES_MAX {
        return Err(Refusal::TooCostly.into());
    }
    match sniff::by_magic(bytes) {
        Some(ContentType::Gif) => gif::render(bytes, out),
        Some(ContentType::Webp) => webp::render(bytes, out),
        Some(content_type @ (ContentType::Jpeg | ContentType::Png)) => {
            stills::render(content_type, bytes, out)
        }
        _ => Err(Refusal::Type.into()),
    }
}

/// Why there is no picture.
#[derive(Debug)]
enum Failure {
    /// We do not want this one.
    Refused(Refusal),
    /// Nobody is listening.
    Output(io::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::Refused(Refusal::TooManyPixels),
            _ => Self::Refused(Refusal::Damaged),
        }
    }
}

/// Where the forms of a picture go.
struct Out<W: Write> {
    to: BufWriter<W>,
}

impl<W: Write> Out<W> {
    /// Sends one form, whose bytes are all there.
    fn send(&mut self, variant: Variant, picture: &Encoded) -> io::Result<()> {
        let Encoded { content_type, width, height, ref bytes } = *picture;
        frames::write(&mut self.to, &Frame::Begin(Head { variant, content_type, width, height }))?;
        frames::write_data(&mut self.to, bytes)?;
        frames::write(&mut self.to, &Frame::End)
    }

    /// Has what was sent arrive now.
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// One form of a picture, ready to be kept.
struct Encoded {
    content_type: ContentType,
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}
