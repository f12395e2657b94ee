//! What a picture claims to be, before anything of it is decoded.

use image::{ImageDecoder, Limits};

use super::{Failure, Refusal};

/// The longest side of a picture.
pub const SIDE_PIXELS_MAX: u32 = 16_384;
/// How many pixels a picture may have. Telephones make 12 million, some 50.
pub const PIXELS_MAX: u64 = 52_000_000;
/// How many frames a moving picture may have.
pub const FRAMES_MAX: usize = 1_000;
/// How many pixels all frames of a moving picture may have together.
pub const ANIMATION_PIXELS_MAX: u64 = 200_000_000;
/// How many times a progressive JPEG picture may go over its pixels. Cameras and editors make ten.
const SCANS_MAX: u64 = 64;
/// The same, times the pixels: what decoding all of them costs.
const SCANNED_PIXELS_MAX: u64 = 800_000_000;
/// What a decoder may allocate by its own count; the process has its own limit.
const ALLOCATION_BYTES_MAX: u64 = 480 * 1024 * 1024;

/// Refuses a picture that claims to be `width` by `height` pixels, if that is too large.
pub fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    let pixels = u64::from(width) * u64::from(height);
    let too_large = width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX || pixels > PIXELS_MAX;
    if too_large { Err(Refusal::TooManyPixels) } else { Ok(()) }
}

/// Tells `decoder` how far it may go, once its picture is found to be of a fair size.
pub fn check(decoder: &mut impl ImageDecoder) -> Result<(), Failure> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    Ok(decoder.set_limits(limits())?)
}

/// How far decoders may go.
pub fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_PIXELS_MAX);
    limits.max_image_height = Some(SIDE_PIXELS_MAX);
    limits.max_alloc = Some(ALLOCATION_BYTES_MAX);
    limits
}

/// Counts frames and their pixels, and stops whoever has too many.
#[derive(Default)]
pub struct FrameCount {
    /// How many there were.
    pub frames: usize,
    pixels: u64,
}

impl FrameCount {
    /// Adds a frame of `width` by `height`.
    pub fn add(&mut self, width: u32, height: u32) -> Result<(), Refusal> {
        self.frames += 1;
        self.pixels = self.pixels.saturating_add(u64::from(width) * u64::from(height));
        let too_many = self.frames > FRAMES_MAX || self.pixels > ANIMATION_PIXELS_MAX;
        if too_many { Err(Refusal::TooManyFrames) } else { Ok(()) }
    }
}

/// Refuses a JPEG picture that has its decoder go over it too often: a few
/// bytes are enough for one scan of all its pixels.
pub fn check_scans(jpeg: &[u8], width: u32, height: u32) -> Result<(), Refusal> {
    let pixels = u64::from(width) * u64::from(height);
    let scans = scans(jpeg);
    let too_many = scans > SCANS_MAX || scans > 1 && scans.saturating_mul(pixels) > SCANNED_PIXELS_MAX;
    if too_many { Err(Refusal::TooCostly) } else { Ok(()) }
}

/// Whether a JPEG picture has a colour for each of its pixels, and not one for
/// two or four of them, as photographs do.
pub fn colors_each_pixel(jpeg: &[u8]) -> bool {
    // A brightness and two colours; it is the first that there are more of.
    frame(jpeg).and_then(|frame| frame.get(7)).is_some_and(|&sampling| sampling == 0x11)
}

/// What a JPEG picture says of its frame: the precision, two sizes, how many
/// components, and then three bytes of each.
fn frame(jpeg: &[u8]) -> Option<&[u8]> {
    let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (&[0xFF, marker], behind) = rest.split_first_chunk::<2>()? else { return None };
        // Between segments there may be any number of these.
        if marker == 0xFF {
            rest = rest.get(1..)?;
            continue;
        }
        let (length, _) = behind.split_first_chunk::<2>()?;
        let (segment, others) = behind.split_at_checked(u16::from_be_bytes(*length).into())?;
        if matches!(marker, 0xC0..=0xC3) {
            return segment.get(2..);
        }
        rest = others;
    }
}

/// How many scans a JPEG picture has, wherever its other segments end.
fn scans(jpeg: &[u8]) -> u64 {
    const START_OF_SCAN: u8 = 0xDA;
    // In a scan, 0xFF is followed by 0x00 or stands before a marker. In other
    // segments it may be anything; what is counted there by mistake is little.
    let markers = jpeg.windows(2).filter(|pair| pair[0] == 0xFF && pair[1] == START_OF_SCAN);
    markers.fold(0, |count, _| count + 1)
}
