//! Pictures with everything in them that a camera, an editor or an attacker puts there.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage};

/// What is private. It must be nowhere in what is kept.
pub const PRIVATE: &[u8] = b"Private: 52.5163N 13.3777E, serial 4711";
pub const WIDTH: u32 = 64;
pub const HEIGHT: u32 = 48;

const QUARTERS: [[u8; 3]; 4] = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [230, 230, 230]];

/// A picture whose quarters are red, green, blue and white.
pub fn quarters() -> DynamicImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        Rgb(QUARTERS[usize::from(x >= WIDTH / 2) + 2 * usize::from(y >= HEIGHT / 2)])
    })
    .into()
}

/// Whether `bytes` are a picture whose quarters are where they belong.
pub fn is_upright(bytes: &[u8]) -> bool {
    let seen = image::load_from_memory(bytes).unwrap().into_rgb8();
    let (width, height) = seen.dimensions();
    let places = [(1, 1), (3, 1), (1, 3), (3, 3)];
    (width, height) == (WIDTH, HEIGHT)
        && places.iter().zip(QUARTERS).all(|((x, y), color)| {
            let Rgb(pixel) = *seen.get_pixel(width / 4 * x, height / 4 * y);
            pixel.iter().zip(color).all(|(seen, meant)| seen.abs_diff(meant) < 24)
        })
}

/// The picture as a camera that was held so stores it, and the number it writes beside it.
pub fn held(orientation: u8) -> DynamicImage {
    let undone = match Orientation::from_exif(orientation).unwrap() {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        itself => itself,
    };
    let mut picture = quarters();
    picture.apply_orientation(undone);
    picture
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    if format == ImageFormat::WebP {
        picture.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).unwrap();
    } else {
        picture.write_to(&mut bytes, format).unwrap();
    }
    bytes.into_inner()
}

/// What a camera says: how it was held, where it was, who made it, and a
/// picture of the picture.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    let entries: [(u16, u16, u32, u32); 4] = [
        (0x010F, 2, PRIVATE.len().try_into().unwrap(), 62),
        (0x0112, 3, 1, orientation.into()),
        (0x8298, 2, PRIVATE.len().try_into().unwrap(), 62),
        (0x8825, 4, 1, 62 + 39),
    ];
    exif.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
    for (tag, kind, count, value) in entries {
        exif.extend(tag.to_le_bytes());
        exif.extend(kind.to_le_bytes());
        exif.extend(count.to_le_bytes());
        exif.extend(value.to_le_bytes());
    }
    exif.extend([0; 4]);
    exif.extend(PRIVATE);
    // The directory of the GPS, with one entry: north.
    exif.extend(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0");
    exif
}

fn xmp() -> Vec<u8> {
    [&b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"[..], PRIVATE, b"</x:xmpmeta>"].concat()
}

/// A profile of colours that is none, but has a text in it.
fn icc() -> Vec<u8> {
    [&[0; 128][..], b"\0\0\0\x01desc", PRIVATE].concat()
}

pub fn jpeg_with_everything(orientation: u8) -> Vec<u8> {
    let plain = encoded(&held(orientation), ImageFormat::Jpeg);
    let segments = [
        (0xE1, [&b"Exif\0\0"[..], &exif(orientation)].concat()),
        (0xE1, [&b"http://ns.adobe.com/xap/1.0/\0"[..], &xmp()].concat()),
        (0xE2, [&b"ICC_PROFILE\0\x01\x01"[..], &icc()].concat()),
        (0xED, [&b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x27"[..], PRIVATE].concat()),
        (0xEC, PRIVATE.to_vec()),
        (0xFE, PRIVATE.to_vec()),
    ];
    let mut bytes = plain[..2].to_vec();
    for (marker, payload) in segments {
        bytes.extend(jpeg_segment(marker, &payload));
    }
    bytes.extend(&plain[2..]);
    bytes.extend(PRIVATE);
    bytes
}

pub fn jpeg_segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap();
    [&[0xFF, marker][..], &length.to_be_bytes(), payload].concat()
}

pub fn png_with_everything(orientation: u8) -> Vec<u8> {
    const AFTER_HEADER: usize = 8 + 25;
    let plain = encoded(&held(orientation), ImageFormat::Png);
    let mut bytes = plain[..AFTER_HEADER].to_vec();
    bytes.extend(png_chunk(*b"eXIf", &exif(orientation)));
    bytes.extend(png_chunk(*b"tEXt", &[b"Comment\0", PRIVATE].concat()));
    bytes.extend(png_chunk(*b"iTXt", &[&b"XML:com.adobe.xmp\0\0\0\0\0"[..], &xmp()].concat()));
    bytes.extend(png_chunk(*b"tIME", b"\x07\xEA\x0B\x1C\x08\x15\x00"));
    bytes.extend(png_chunk(*b"prVt", PRIVATE));
    bytes.extend(&plain[AFTER_HEADER..]);
    bytes.extend(PRIVATE);
    bytes
}

pub fn png_chunk(name: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let named = [&name[..], payload].concat();
    let length = u32::try_from(payload.len()).unwrap();
    [&length.to_be_bytes()[..], &named, &crc32(&named).to_be_bytes()].concat()
}

/// The checksum of PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(
            sum ^ u32::from(byte),
            |sum, _| {
                if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 }
            },
        )
    })
}

pub fn webp_with_everything(orientation: u8) -> Vec<u8> {
    const EXIF_XMP_AND_ICC: u8 = 0x2C;
    let picture = held(orientation);
    let plain = encoded(&picture, ImageFormat::WebP);
    webp_of(&[
        webp_chunk(*b"VP8X", &vp8x(EXIF_XMP_AND_ICC, picture.width(), picture.height())),
        webp_chunk(*b"ICCP", &icc()),
        plain[12..].to_vec(),
        webp_chunk(*b"EXIF", &exif(orientation)),
        webp_chunk(*b"XMP ", &xmp()),
        webp_chunk(*b"PRVT", PRIVATE),
    ])
}

/// Two frames, with private things between and inside.
pub fn moving_webp_with_everything() -> Vec<u8> {
    const MOVES_AND_HAS_ALL: u8 = 0x2E;
    let frame = encoded(&quarters(), ImageFormat::WebP)[12..].to_vec();
    let mut header = vec![0; 6];
    header.extend(&vp8x(0, WIDTH, HEIGHT)[4..]);
    header.extend([100, 0, 0, 0]);
    let frame = [header, frame, webp_chunk(*b"PRVT", PRIVATE)].concat();
    let moving = webp_of(&[
        webp_chunk(*b"VP8X", &vp8x(MOVES_AND_HAS_ALL, WIDTH, HEIGHT)),
        webp_chunk(*b"ICCP", &icc()),
        webp_chunk(*b"ANIM", &[0; 6]),
        webp_chunk(*b"ANMF", &frame),
        webp_chunk(*b"ANMF", &frame),
        webp_chunk(*b"EXIF", &exif(6)),
        webp_chunk(*b"XMP ", &xmp()),
    ]);
    [&moving, PRIVATE].concat()
}

fn vp8x(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let mut payload = vec![flags, 0, 0, 0];
    payload.extend(&(width - 1).to_le_bytes()[..3]);
    payload.extend(&(height - 1).to_le_bytes()[..3]);
    payload
}

pub fn webp_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [&b"WEBP"[..], &chunks.concat()].concat();
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

pub fn webp_chunk(name: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut chunk = [&name[..], &u32::try_from(payload.len()).unwrap().to_le_bytes(), payload].concat();
    if payload.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// As many frames as that, with a comment and what else an editor leaves.
pub fn gif_with_everything(frames: usize) -> Vec<u8> {
    let plain = moving_gif(frames);
    let comment = sub_blocks(0xFE, None, PRIVATE);
    let xmp = sub_blocks(0xFF, Some(b"XMP DataXMP"), &xmp());
    // Behind the header, and the table of colours if there is one.
    let colors = if plain[10] & 0x80 == 0 { 0 } else { 6 << (plain[10] & 7) };
    let (front, rest) = plain.split_at(13 + colors);
    [front, &comment, &xmp, rest, PRIVATE].concat()
}

pub fn moving_gif(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for _ in 0..frames {
        let delay = Delay::from_numer_denom_ms(50, 1);
        encoder.encode_frame(Frame::from_parts(quarters().into_rgba8(), 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

fn sub_blocks(label: u8, name: Option<&[u8; 11]>, data: &[u8]) -> Vec<u8> {
    let mut extension = vec![0x21, label];
    let blocks = name.map(|name| &name[..]).into_iter().chain(data.chunks(255));
    for block in blocks {
        extension.push(u8::try_from(block.len()).unwrap());
        extension.extend(block);
    }
    extension.push(0);
    extension
}
