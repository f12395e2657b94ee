//! WebP pictures. Those that move keep their frames as they came, in a
//! container that is made anew; all others are decoded and encoded again.

use std::io::{Cursor, Write};

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;

use super::stills::{Picture, render_decoded};
use super::{Encoded, Facts, Failure, Out, Refusal, headers, thumbnails};
use crate::domain::{ContentType, Variant};

/// Flags of the chunk VP8X: what moves, and what is transparent. The others
/// announce metadata.
const MOVES: u8 = 0x02;
const IS_TRANSPARENT: u8 = 0x10;
/// What stands before the frame in a chunk ANMF.
const FRAME_HEADER_BYTES: usize = 16;
const CHUNK_HEADER_BYTES: usize = 8;

/// Makes every form of the `WebP` picture in `bytes`.
pub fn render(bytes: &[u8], out: &mut Out<impl Write>) -> Result<Facts, Failure> {
    let decoder = WebPDecoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    headers::check_size(width, height)?;
    if !decoder.has_animation() {
        let is_lossy = chunks(body(bytes)?).any(|chunk| chunk.is_ok_and(|chunk| &chunk.name == b"VP8 "));
        let picture = Picture::decode(decoder)?;
        // Our encoder loses nothing, which would make photographs large.
        let is_photograph = is_lossy && !picture.pixels.color().has_alpha();
        let content_type = if is_photograph { ContentType::Jpeg } else { ContentType::Webp };
        return render_decoded(picture, content_type, out);
    }
    let anew = in_new_container(body(bytes)?)?;
    // Frames are not turned, so neither is what shows them.
    let first = Picture { orientation: Orientation::NoTransforms, ..Picture::decode(decoder)? };
    let blurhash = thumbnails::render(&first, out)?;
    let whole = Encoded { content_type: ContentType::Webp, width, height, bytes: anew };
    out.send(Variant::Original, &whole)?;
    Ok(Facts { animated: true, blurhash })
}

/// Copies what is seen, and nothing else, into a new file.
fn in_new_container(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut anew = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut count = headers::FrameCount::default();
    for chunk in chunks(body) {
        let Chunk { name, payload } = chunk?;
        match &name {
            b"VP8X" => {
                let [flags, rest @ ..] = payload else { return Err(Refusal::Damaged.into()) };
                let mut payload = vec![flags & (MOVES | IS_TRANSPARENT)];
                payload.extend(rest.get(..9).ok_or(Refusal::Damaged)?);
                put(&mut anew, name, &payload)?;
            }
            b"ANIM" => put(&mut anew, name, payload.get(..6).ok_or(Refusal::Damaged)?)?,
            b"ANMF" => put(&mut anew, name, &frame(payload, &mut count)?)?,
            _ => {}
        }
    }
    let length = u32::try_from(anew.len() - CHUNK_HEADER_BYTES).map_err(|_| Refusal::TooCostly)?;
    anew[4..8].copy_from_slice(&length.to_le_bytes());
    if count.frames == 0 { Err(Refusal::Damaged.into()) } else { Ok(anew) }
}

/// One frame without what is not seen of it.
fn frame(payload: &[u8], count: &mut headers::FrameCount) -> Result<Vec<u8>, Failure> {
    let header = payload.get(..FRAME_HEADER_BYTES).ok_or(Refusal::Damaged)?;
    let side = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], 0]) + 1;
    count.add(side(6), side(9))?;
    let mut anew = header.to_vec();
    for chunk in chunks(&payload[FRAME_HEADER_BYTES..]) {
        let Chunk { name, payload } = chunk?;
        if matches!(&name, b"ALPH" | b"VP8 " | b"VP8L") {
            put(&mut anew, name, payload)?;
        }
    }
    Ok(anew)
}

struct Chunk<'a> {
    name: [u8; 4],
    payload: &'a [u8],
}

/// What comes behind `RIFF….WEBP`, up to where the file says it ends.
fn body(bytes: &[u8]) -> Result<&[u8], Failure> {
    let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(Refusal::Damaged)?;
    let end = length.saturating_add(CHUNK_HEADER_BYTES).min(bytes.len());
    Ok(bytes.get(12..end).ok_or(Refusal::Damaged)?)
}

/// The chunks in `bytes`, up to the first that is cut off.
fn chunks(mut bytes: &[u8]) -> impl Iterator<Item = Result<Chunk<'_>, Refusal>> {
    std::iter::from_fn(move || {
        let (header, rest) = bytes.split_first_chunk::<CHUNK_HEADER_BYTES>()?;
        let [n0, n1, n2, n3, l0, l1, l2, l3] = *header;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        let Some(payload) = rest.get(..length) else {
            bytes = &[];
            return Some(Err(Refusal::Damaged));
        };
        // Chunks begin at even places.
        bytes = rest.get(length + length % 2..).unwrap_or_default();
        Some(Ok(Chunk { name: [n0, n1, n2, n3], payload }))
    })
}

fn put(to: &mut Vec<u8>, name: [u8; 4], payload: &[u8]) -> Result<(), Failure> {
    let length = u32::try_from(payload.len()).map_err(|_| Refusal::TooCostly)?;
    to.extend(name);
    to.extend(length.to_le_bytes());
    to.extend(payload);
    if payload.len() % 2 == 1 {
        to.push(0);
    }
    Ok(())
}
