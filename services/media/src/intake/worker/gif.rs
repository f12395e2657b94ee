//! GIF pictures: every frame is decoded and encoded again, in its own colours.

use std::io::{Cursor, Write};

use gif::{DecodeOptions, Decoder, Encoder, Frame, MemoryLimit};
use image::codecs::gif::GifDecoder;

use super::stills::Picture;
use super::{Encoded, Facts, Failure, Out, Refusal, headers, thumbnails};
use crate::domain::{ContentType, Variant};

/// What one frame may take: it may be as large as a picture, at a byte for a pixel.
const FRAME_BYTES_MAX: u64 = headers::PIXELS_MAX;

/// Makes every form of the GIF picture in `bytes`.
pub fn render(bytes: &[u8], out: &mut Out<impl Write>) -> Result<Facts, Failure> {
    let frames = count_frames(bytes)?;
    let first = Picture::decode(GifDecoder::new(Cursor::new(bytes))?)?;
    let blurhash = thumbnails::render(&first, out)?;
    drop(first);
    out.send(Variant::Original, &encode_anew(bytes)?)?;
    Ok(Facts { animated: frames > 1, blurhash })
}

/// Counts the frames without decoding any.
fn count_frames(bytes: &[u8]) -> Result<usize, Failure> {
    let mut options = options();
    options.skip_frame_decoding(true);
    let mut decoder = open(options, bytes)?;
    headers::check_size(decoder.width().into(), decoder.height().into())?;
    let mut count = headers::FrameCount::default();
    while let Some(frame) = decoder.next_frame_info().map_err(damaged)? {
        headers::check_size(frame.width.into(), frame.height.into())?;
        count.add(frame.width.into(), frame.height.into())?;
    }
    Ok(count.frames)
}

fn encode_anew(bytes: &[u8]) -> Result<Encoded, Failure> {
    let mut decoder = open(options(), bytes)?;
    let (width, height) = (decoder.width(), decoder.height());
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let mut anew = Vec::with_capacity(bytes.len());
    let mut encoder = Encoder::new(&mut anew, width, height, &palette).map_err(|_| Refusal::Damaged)?;
    let mut is_first = true;
    loop {
        let frame = decoder.read_next_frame().map_err(damaged)?.map(upright_rows);
        let repeat = decoder.repeat();
        let Some(frame) = frame else { break };
        if is_first {
            // How often it repeats is said before the first frame.
            encoder.set_repeat(repeat).map_err(|_| Refusal::Damaged)?;
            is_first = false;
        }
        encoder.write_frame(&frame).map_err(|_| Refusal::Damaged)?;
    }
    drop(encoder);
    if is_first {
        return Err(Refusal::Damaged.into());
    }
    Ok(Encoded { content_type: ContentType::Gif, width: width.into(), height: height.into(), bytes: anew })
}

/// The decoder has put the rows of interlaced frames in order.
fn upright_rows(frame: &Frame<'static>) -> Frame<'static> {
    Frame { interlaced: false, needs_user_input: false, ..frame.clone() }
}

fn options() -> DecodeOptions {
    let mut options = DecodeOptions::new();
    if let Some(limit) = std::num::NonZeroU64::new(FRAME_BYTES_MAX) {
        options.set_memory_limit(MemoryLimit::Bytes(limit));
    }
    options
}

fn open(options: DecodeOptions, bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, Failure> {
    options.read_info(Cursor::new(bytes)).map_err(damaged)
}

fn damaged(_: gif::DecodingError) -> Failure {
    Refusal::Damaged.into()
}
