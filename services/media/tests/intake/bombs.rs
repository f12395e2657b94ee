//! Small files that would be large: refused at once, before anything is decoded.

use std::time::{Duration, Instant};

use confab_media::domain::ContentType;
use confab_media::intake::Refused;
use nix::sys::resource::{UsageWho, getrusage};

use crate::crafted::{encoded, jpeg_segment, png_chunk, quarters, webp_chunk, webp_of};
use crate::{Desk, bytes_of};

/// How long a bomb may keep us.
const REFUSED_WITHIN: Duration = Duration::from_secs(1);
/// How much memory it may cost, in kilobytes; the process of the worker has more.
const MEMORY_KILOBYTES_MAX: i64 = 300 * 1024;

/// Sixty-five bytes that claim to be a picture of that size.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bomb = b"\x89PNG\r\n\x1A\n".to_vec();
    bomb.extend(png_chunk(*b"IHDR", &header));
    bomb.extend(png_chunk(*b"IDAT", &[0x78, 0x9C, 3, 0, 0, 0, 0, 1]));
    bomb.extend(png_chunk(*b"IEND", &[]));
    bomb
}

/// Frames of one pixel, each of some twenty bytes.
fn gif_of(frames: usize, width: u16, height: u16) -> Vec<u8> {
    let mut bomb = b"GIF89a".to_vec();
    bomb.extend(width.to_le_bytes());
    bomb.extend(height.to_le_bytes());
    bomb.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    let mut frame = vec![0x2C, 0, 0, 0, 0];
    frame.extend(width.to_le_bytes());
    frame.extend(height.to_le_bytes());
    frame.extend([0, 2, 2, 0x4C, 1, 0]);
    bomb.extend(frame.repeat(frames));
    bomb.push(0x3B);
    bomb
}

/// The header of a lossless picture of that size.
fn webp_of_size(width: u32, height: u32) -> Vec<u8> {
    let size = (width - 1) | (height - 1) << 14;
    let payload = [&[0x2F][..], &size.to_le_bytes(), &[0; 64]].concat();
    webp_of(&[webp_chunk(*b"VP8L", &payload)])
}

/// A moving picture with so many frames of one pixel.
fn webp_with(frames: usize) -> Vec<u8> {
    let still = encoded(&image::RgbImage::new(1, 1).into(), image::ImageFormat::WebP);
    let frame = [&[0; 12][..], &[1, 0, 0, 0], &still[12..]].concat();
    let mut chunks =
        vec![webp_chunk(*b"VP8X", &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]), webp_chunk(*b"ANIM", &[0; 6])];
    chunks.extend(std::iter::repeat_n(webp_chunk(*b"ANMF", &frame), frames));
    webp_of(&chunks)
}

/// A progressive picture of that size, whose pixels are gone over so many times.
fn jpeg_of(width: u16, height: u16, components: u8, scans: usize) -> Vec<u8> {
    let mut bomb = vec![0xFF, 0xD8];
    bomb.extend(jpeg_segment(0xDB, &[&[0][..], &[1; 64]].concat()));
    let mut frame = vec![8];
    frame.extend(height.to_be_bytes());
    frame.extend(width.to_be_bytes());
    frame.push(components);
    for component in 1..=components {
        frame.extend([component, 0x11, 0]);
    }
    bomb.extend(jpeg_segment(0xC2, &frame));
    // One code of one bit, for the value zero.
    let table = |class: u8| [&[class][..], &[1], &[0; 15], &[0]].concat();
    bomb.extend(jpeg_segment(0xC4, &[table(0), table(0x10)].concat()));
    for _ in 0..scans {
        let mut scan = vec![components];
        for component in 1..=components {
            scan.extend([component, 0]);
        }
        scan.extend([0, 0, 0]);
        bomb.extend(jpeg_segment(0xDA, &scan));
        bomb.extend([0; 16]);
    }
    bomb.extend([0xFF, 0xD9]);
    bomb
}

#[tokio::test]
async fn bombs_are_refused_at_once() {
    let desk = Desk::new();
    // 3.6 thousand million pixels.
    let png = png_of(60_000, 60_000);
    assert_eq!(png.len(), 65);
    let bombs = [
        ("a PNG of 60,000 by 60,000", png),
        ("a GIF of 100,000 frames", gif_of(100_000, 1, 1)),
        ("a GIF of 60,000 by 60,000", gif_of(1, 60_000, 60_000)),
        ("a GIF of 900 frames of 1,000 by 1,000", gif_of(900, 1_000, 1_000)),
        ("a WebP of 16,383 by 16,383", webp_of_size(16_383, 16_383)),
        ("a WebP of 1,001 frames", webp_with(1_001)),
        ("a WebP of 100,000 frames", webp_with(100_000)),
        ("a progressive JPEG of 65,500 by 65,500", jpeg_of(65_500, 65_500, 3, 1)),
        ("a progressive JPEG of 7,000 by 7,000 that is gone over 100 times", jpeg_of(7_000, 7_000, 3, 100)),
        ("a progressive JPEG of 7,000 by 7,000 that is gone over 60 times", jpeg_of(7_000, 7_000, 3, 60)),
    ];
    for (name, bomb) in bombs {
        let begun = Instant::now();
        let refused = desk.examine(&bomb).await.expect_err(name);
        let taken = begun.elapsed();
        assert!(matches!(refused, Refused::TooLarge { .. } | Refused::TooCostly), "{name}: {refused:?}");
        assert!(taken <= REFUSED_WITHIN, "{name} took {taken:?}");
    }
    // This process has not grown by much either: it holds the bombs themselves, of some megabytes.
    let own = getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss();
    assert!(own <= MEMORY_KILOBYTES_MAX, "the service had {own} kB");
    // Children are counted when they have ended: the largest of them.
    let largest = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(largest <= MEMORY_KILOBYTES_MAX, "a worker had {largest} kB");
    assert!(desk.is_clean());
}

#[tokio::test]
async fn a_picture_may_have_52_megapixels_and_none_more() {
    let desk = Desk::new();
    let pictures = |width: u16, height: u16| {
        let (wide, high) = (width.into(), height.into());
        [
            ("PNG", png_of(wide, high)),
            ("WebP", webp_of_size(wide, high)),
            ("JPEG", jpeg_of(width, height, 1, 1)),
            ("GIF", gif_of(1, width, height)),
        ]
    };
    // Of these there is next to nothing but the header.
    for (name, bomb) in pictures(8_000, 6_501) {
        let refused = desk.examine(&bomb).await.expect_err(name);
        assert!(matches!(refused, Refused::TooLarge { .. }), "{name}: {refused:?}");
    }
    // The other two would be decoded, to something all grey and all black.
    for (name, picture) in pictures(8_000, 6_500).into_iter().take(2) {
        let refused = desk.examine(&picture).await;
        assert!(!matches!(refused, Err(Refused::TooLarge { .. })), "{name}: {refused:?}");
    }
    // Narrow ones have a limit of their own.
    for (name, bomb) in
        [("PNG", png_of(16_385, 1)), ("PNG", png_of(1, 16_385)), ("GIF", gif_of(1, 16_385, 1))]
    {
        let refused = desk.examine(&bomb).await.expect_err(name);
        assert!(matches!(refused, Refused::TooLarge { .. }), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn a_picture_that_takes_more_memory_than_there_is_ends_its_worker_alone() {
    let desk = Desk::new();
    // Within all limits of pixels, but its four components are kept whole, twice.
    let refused = desk.examine(&jpeg_of(7_200, 7_200, 4, 1)).await.expect_err("too much memory");
    assert!(matches!(refused, Refused::TooCostly), "{refused:?}");
    desk.examine(&encoded(&quarters(), image::ImageFormat::Jpeg)).await.expect("the next picture");
}

/// The beginning of an archive with one file that it says is packed, has so many bytes, and is `content`.
fn zip_of(content: &[u8], unpacked: u32) -> Vec<u8> {
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".to_vec();
    zip.extend([0; 4]);
    zip.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    zip.extend(unpacked.to_le_bytes());
    zip.extend([5, 0, 0, 0]);
    zip.extend(b"0.zip");
    zip.extend(content);
    zip
}

#[tokio::test]
async fn archives_are_kept_as_they_are_and_never_opened() {
    let desk = Desk::new();
    // What unpacks to a thousand times as much, in itself, in itself, and so on.
    let zeros = [0xEC, 0xC0, 0x81, 0].repeat(250_000);
    let nested = (0..16).fold(zip_of(&zeros, u32::MAX), |inner, _| zip_of(&inner, u32::MAX));
    for archive in [zip_of(&zeros, u32::MAX), nested] {
        let begun = Instant::now();
        let examined = desk.examine(&archive).await.unwrap();
        assert!(begun.elapsed() <= REFUSED_WITHIN, "{:?}", begun.elapsed());
        assert_eq!(examined.original.content_type, ContentType::Zip);
        assert!(bytes_of(&examined.original) == archive && examined.thumbnails.is_empty());
    }
    // Packed without an archive, it is nothing that is taken.
    let gzip = [&b"\x1F\x8B\x08\0\0\0\0\0\0\x03"[..], &zeros].concat();
    assert!(matches!(desk.examine(&gzip).await, Err(Refused::Type)));
    let own = getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss();
    assert!(own <= MEMORY_KILOBYTES_MAX, "the service had {own} kB");
}
