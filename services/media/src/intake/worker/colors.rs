//! Colours: a picture is kept without the profile that says how to read them,
//! so they are put into the words that everybody reads, sRGB.

use image::{ColorType, DynamicImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// How many samples are put into other words at a time.
const CHUNK_SAMPLES: usize = 48 * 1024;

/// Puts the colours of `pixels`, which `profile` explains, into sRGB. What
/// cannot be explained stays as it is.
pub fn to_srgb(pixels: &mut DynamicImage, profile: &[u8]) {
    let layout = match pixels.color() {
        ColorType::Rgb8 => Layout::Rgb,
        ColorType::Rgba8 => Layout::Rgba,
        _ => return,
    };
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default());
    let Ok(transform) = transform else { return };
    let samples: &mut [u8] = match pixels {
        DynamicImage::ImageRgb8(pixels) => pixels,
        DynamicImage::ImageRgba8(pixels) => pixels,
        _ => return,
    };
    // In pieces, because a picture may be most of the memory there is. Each has whole pixels.
    let mut before = Vec::with_capacity(CHUNK_SAMPLES);
    for chunk in samples.chunks_mut(CHUNK_SAMPLES) {
        before.clear();
        before.extend_from_slice(chunk);
        if transform.transform(&before, chunk).is_err() {
            chunk.copy_from_slice(&before);
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn colours_are_what_their_profile_says() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let mut pixels = DynamicImage::from(RgbImage::from_pixel(100, 200, Rgb([200, 100, 50])));
        to_srgb(&mut pixels, &profile);
        let Rgb(seen) = *pixels.to_rgb8().get_pixel(99, 199);
        // The same colour needs more red and less of the others in sRGB, which is narrower.
        assert!(seen[0] > 205 && seen[1] < 100 && seen[2] < 45, "{seen:?}");
    }

    #[test]
    fn what_is_no_profile_changes_nothing() {
        let before = DynamicImage::from(RgbImage::from_pixel(3, 3, Rgb([200, 100, 50])));
        for profile in [&b""[..], b"nonsense", &[0; 200]] {
            let mut pixels = before.clone();
            to_srgb(&mut pixels, profile);
            assert_eq!(pixels, before);
        }
    }
}
