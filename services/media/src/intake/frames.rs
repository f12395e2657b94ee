//! How a worker answers the process that started it: in frames over a pipe,
//! each of one byte that says what it is, four that say how long it is, and
//! that many more.
//!
//! The worker may be in the hands of whoever made the picture, so its answer
//! is read as carefully as anything from outside.

use std::io::{self, Write};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::domain::{ContentType, Variant};

/// The longest payload of a frame.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// The longest blurhash: nine by nine components would have fewer characters.
const BLURHASH_BYTES_MAX: usize = 166;

/// One thing that a worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Here begins a form of the picture.
    Begin(Head),
    /// Here it goes on.
    Data(Vec<u8>),
    /// Here it ends.
    End,
    /// That was all of it, and this is what was found.
    Done(Facts),
    /// There will be no picture.
    Refused(Refusal),
}

/// What is said of one form of a picture before its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which form it is.
    pub variant: Variant,
    /// What its bytes are.
    pub content_type: ContentType,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// What is known of a picture after it was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether it moves.
    pub animated: bool,
    /// A blurred picture in a few characters.
    pub blurhash: String,
}

/// Why there will be no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none of the types that are decoded.
    Type,
    /// It cannot be decoded.
    Damaged,
    /// It has too many pixels, or too many in a row.
    TooManyPixels,
    /// It has too many frames, or they have too many pixels together.
    TooManyFrames,
    /// It would take too long to decode.
    TooCostly,
}

/// Why a worker's answer is none.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The worker ended in the middle of it, or cannot be heard.
    #[error("a worker's answer was cut off")]
    CutOff(#[from] io::Error),
    /// It is not in the form that is agreed upon.
    #[error("a worker's answer makes no sense: {0}")]
    Senseless(&'static str),
}

const BEGIN: u8 = 1;
const DATA: u8 = 2;
const END: u8 = 3;
const DONE: u8 = 4;
const REFUSED: u8 = 5;

/// Writes `frame` to `out`.
///
/// # Errors
///
/// If `out` takes no more.
pub fn write(out: &mut impl Write, frame: &Frame) -> io::Result<()> {
    match frame {
        Frame::Begin(head) => {
            let mut payload = vec![variant_code(head.variant), type_code(head.content_type)];
            payload.extend(head.width.to_be_bytes());
            payload.extend(head.height.to_be_bytes());
            put(out, BEGIN, &payload)
        }
        Frame::Data(data) => write_data(out, data),
        Frame::End => put(out, END, &[]),
        Frame::Done(facts) => {
            let mut payload = vec![u8::from(facts.animated)];
            payload.extend(facts.blurhash.as_bytes());
            put(out, DONE, &payload)
        }
        Frame::Refused(refusal) => put(out, REFUSED, &[refusal_code(*refusal)]),
    }
}

/// Writes `data` to `out`, in as many frames as it takes.
///
/// # Errors
///
/// If `out` takes no more.
pub fn write_data(out: &mut impl Write, data: &[u8]) -> io::Result<()> {
    data.chunks(PAYLOAD_BYTES_MAX).try_for_each(|chunk| put(out, DATA, chunk))
}

fn put(out: &mut impl Write, tag: u8, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    out.write_all(&[tag])?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(payload)
}

/// Reads the next frame.
///
/// # Errors
///
/// If there is none, or it breaks a rule. Then no later one can be read either.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<Frame, FrameError> {
    let tag = from.read_u8().await?;
    let length = usize::try_from(from.read_u32().await?).unwrap_or(usize::MAX);
    if length > PAYLOAD_BYTES_MAX {
        return Err(FrameError::Senseless("a frame is too long"));
    }
    let mut payload = vec![0; length];
    from.read_exact(&mut payload).await?;
    parse(tag, payload)
}

fn parse(tag: u8, payload: Vec<u8>) -> Result<Frame, FrameError> {
    match (tag, payload.as_slice()) {
        (BEGIN, &[variant, format, w0, w1, w2, w3, h0, h1, h2, h3]) => Ok(Frame::Begin(Head {
            variant: variant_of(variant)?,
            content_type: type_of(format)?,
            width: u32::from_be_bytes([w0, w1, w2, w3]),
            height: u32::from_be_bytes([h0, h1, h2, h3]),
        })),
        (DATA, _) => Ok(Frame::Data(payload)),
        (END, []) => Ok(Frame::End),
        (DONE, [animated @ (0 | 1), blurhash @ ..]) if blurhash.len() <= BLURHASH_BYTES_MAX => {
            if !blurhash.iter().all(u8::is_ascii_graphic) {
                return Err(FrameError::Senseless("a blurhash has characters that none has"));
            }
            let blurhash = String::from_utf8_lossy(blurhash).into_owned();
            Ok(Frame::Done(Facts { animated: *animated == 1, blurhash }))
        }
        (REFUSED, &[code]) => Ok(Frame::Refused(refusal_of(code)?)),
        _ => Err(FrameError::Senseless("there is no such frame")),
    }
}

fn variant_code(variant: Variant) -> u8 {
    match variant {
        Variant::Original => 1,
        Variant::Large => 2,
        Variant::Small => 3,
    }
}

fn variant_of(code: u8) -> Result<Variant, FrameError> {
    match code {
        1 => Ok(Variant::Original),
        2 => Ok(Variant::Large),
        3 => Ok(Variant::Small),
        _ => Err(FrameError::Senseless("there is no such variant")),
    }
}

/// Only pictures are made by workers; nothing else has a code of its own.
fn type_code(content_type: ContentType) -> u8 {
    match content_type {
        ContentType::Jpeg => 1,
        ContentType::Png => 2,
        ContentType::Gif => 3,
        ContentType::Webp => 4,
        ContentType::Mp4
        | ContentType::M4a
        | ContentType::Webm
        | ContentType::Mp3
        | ContentType::Ogg
        | ContentType::Pdf
        | ContentType::Zip
        | ContentType::Text => 0,
    }
}

fn type_of(code: u8) -> Result<ContentType, FrameError> {
    match code {
        1 => Ok(ContentType::Jpeg),
        2 => Ok(ContentType::Png),
        3 => Ok(ContentType::Gif),
        4 => Ok(ContentType::Webp),
        _ => Err(FrameError::Senseless("that is no picture")),
    }
}

fn refusal_code(refusal: Refusal) -> u8 {
    match refusal {
        Refusal::Type => 1,
        Refusal::Damaged => 2,
        Refusal::TooManyPixels => 3,
        Refusal::TooManyFrames => 4,
        Refusal::TooCostly => 5,
    }
}

fn refusal_of(code: u8) -> Result<Refusal, FrameError> {
    match code {
        1 => Ok(Refusal::Type),
        2 => Ok(Refusal::Damaged),
        3 => Ok(Refusal::TooManyPixels),
        4 => Ok(Refusal::TooManyFrames),
        5 => Ok(Refusal::TooCostly),
        _ => Err(FrameError::Senseless("there is no such refusal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read() {
        let head =
            Head { variant: Variant::Large, content_type: ContentType::Webp, width: 70_000, height: 3 };
        let frames = [
            Frame::Begin(head),
            Frame::Data(vec![7; PAYLOAD_BYTES_MAX]),
            Frame::End,
            Frame::Done(Facts { animated: true, blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned() }),
            Frame::Refused(Refusal::TooManyFrames),
        ];
        let mut written = Vec::new();
        for frame in &frames {
            write(&mut written, frame).unwrap();
        }
        let mut from = written.as_slice();
        for frame in frames {
            assert_eq!(read(&mut from).await.unwrap(), frame);
        }
        assert!(matches!(read(&mut from).await, Err(FrameError::CutOff(_))));
    }

    #[tokio::test]
    async fn what_nobody_would_write_is_refused() {
        let senseless: [&[u8]; 7] = [
            b"\x02\x00\x01\x00\x01",
            b"\x02\xFF\xFF\xFF\xFF",
            b"\x03\x00\x00\x00\x01!",
            b"\x04\x00\x00\x00\x02\x02a",
            b"\x04\x00\x00\x00\x02\x01\x07",
            b"\x05\x00\x00\x00\x01\x00",
            b"\x09\x00\x00\x00\x00",
        ];
        for bytes in senseless {
            assert!(matches!(read(&mut &*bytes).await, Err(FrameError::Senseless(_))), "{bytes:?}");
        }
    }
}
