//! The smaller forms of a picture, which do not move.

use std::io::Write;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::DynamicImage;

use super::stills::{Grain, Picture, encode_jpeg, encode_png};
use super::{Encoded, Failure, Out};
use crate::domain::Variant;
use crate::intake::frames::Refusal;

/// The longer side of the large one: fills the screen of a telephone.
const LARGE_SIDE_PIXELS: u32 = 1_280;
/// The longer side of the small one: sharp in a list, on a screen with two pixels for each.
const SMALL_SIDE_PIXELS: u32 = 320;
/// The longer side of what a blurhash is made of. It shows four waves at most.
const BLUR_SIDE_PIXELS: u32 = 48;
/// They are looked at for a moment, and there are many of them.
const JPEG_QUALITY: u8 = 80;
/// How many waves a blurhash has along the longer and the shorter side.
const WAVES: (u32, u32) = (4, 3);

/// Sends the smaller forms of `picture`, upright, and returns its blurhash.
///
/// They are made before the picture is turned: turning a small one costs less.
pub fn render(picture: &Picture, out: &mut Out<impl Write>) -> Result<String, Failure> {
    let mut resizer = Resizer::new();
    let large = shrink(&mut resizer, &picture.pixels, LARGE_SIDE_PIXELS)?;
    let small = shrink(&mut resizer, &large, SMALL_SIDE_PIXELS)?;
    let blurhash = blurhash(&upright(shrink(&mut resizer, &small, BLUR_SIDE_PIXELS)?, picture));
    out.send(Variant::Large, &encode(&upright(large, picture))?)?;
    out.send(Variant::Small, &encode(&upright(small, picture))?)?;
    // Whoever listens works on them while the whole picture is encoded.
    out.flush()?;
    Ok(blurhash)
}

/// Makes `pixels` smaller, so that no side is longer than `side`. What is small enough stays as it is.
fn shrink(resizer: &mut Resizer, pixels: &DynamicImage, side: u32) -> Result<DynamicImage, Failure> {
    let (width, height) = (pixels.width(), pixels.height());
    let longer = width.max(height);
    if longer <= side {
        return Ok(pixels.clone());
    }
    let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer)).max(1);
    let (new_width, new_height) = (scaled(width), scaled(height));
    let (Ok(new_width), Ok(new_height)) = (u32::try_from(new_width), u32::try_from(new_height)) else {
        return Err(Refusal::TooManyPixels.into());
    };
    let pixel = if pixels.color().has_alpha() { PixelType::U8x4 } else { PixelType::U8x3 };
    let from = ImageRef::new(width, height, pixels.as_bytes(), pixel).map_err(|_| Refusal::Damaged)?;
    let mut to = Image::new(new_width, new_height, pixel);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    resizer.resize(&from, &mut to, &options).map_err(|_| Refusal::Damaged)?;
    let pixels = if pixel == PixelType::U8x4 {
        image::RgbaImage::from_raw(new_width, new_height, to.into_vec()).map(DynamicImage::from)
    } else {
        image::RgbImage::from_raw(new_width, new_height, to.into_vec()).map(DynamicImage::from)
    };
    Ok(pixels.ok_or(Refusal::Damaged)?)
}

fn upright(mut pixels: DynamicImage, picture: &Picture) -> DynamicImage {
    pixels.apply_orientation(picture.orientation);
    pixels
}

/// As small as it can be: only what is transparent needs PNG.
fn encode(pixels: &DynamicImage) -> Result<Encoded, Failure> {
    if pixels.color().has_alpha() {
        return encode_png(pixels);
    }
    encode_jpeg(pixels, JPEG_QUALITY, Grain::Coarse)
}

fn blurhash(pixels: &DynamicImage) -> String {
    let (longer, shorter) = WAVES;
    let (width, height) = (pixels.width(), pixels.height());
    let (across, down) = if width >= height { (longer, shorter) } else { (shorter, longer) };
    let hash = blurhash::encode(across, down, width, height, pixels.to_rgba8().as_raw());
    // It fails for numbers of waves that there cannot be, which these are not.
    hash.unwrap_or_default()
}
