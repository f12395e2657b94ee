//! That pictures look as they did: the whole of them, and as well as a smaller one can.

use confab_media::domain::Variant;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::{Desk, bytes_of};

const WIDTH: u32 = 1_600;
const HEIGHT: u32 = 1_200;

/// Sky and hills, in a way: soft colours, with edges between them.
fn landscape() -> RgbImage {
    let byte = |value: u32| u8::try_from(value.min(255)).unwrap();
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let hill = 700 + (x / 4) % 200;
        let (down, across) = (y * 120 / HEIGHT, x * 90 / WIDTH);
        if y < hill {
            Rgb([byte(90 + down), byte(140 + across), byte(250 - down)])
        } else {
            Rgb([byte(40 + across), byte(150 - down / 2), byte(30 + down / 4)])
        }
    })
}

/// Red and blue in turns, which become one colour where four pixels share one.
fn stripes() -> RgbImage {
    let color = |x: u32| if x.is_multiple_of(2) { Rgb([230, 20, 20]) } else { Rgb([20, 20, 230]) };
    RgbImage::from_fn(320, 240, |x, _| color(x))
}

fn jpeg(pixels: &RgbImage, sampling: SamplingFactor) -> Vec<u8> {
    let (width, height) = (pixels.width().try_into().unwrap(), pixels.height().try_into().unwrap());
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    encoder.set_sampling_factor(sampling);
    encoder.encode(pixels, width, height, ColorType::Rgb).unwrap();
    bytes
}

/// How close two pictures are, in decibels (PSNR). Above 40, nobody sees a difference.
fn closeness(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let squares: u64 =
        one.iter().zip(other.iter()).map(|(one, other)| u64::from(one.abs_diff(*other)).pow(2)).sum();
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let mean = squares as f64 / one.len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(0.001)).log10()
}

#[tokio::test]
async fn a_photograph_looks_as_it_did_and_so_do_the_smaller_ones() {
    let (desk, picture) = (Desk::new(), landscape());
    let examined = desk.examine(&jpeg(&picture, SamplingFactor::R_4_2_0)).await.unwrap();
    let seen = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
    let whole = closeness(&seen(&bytes_of(&examined.original)), &picture);
    assert!(whole > 40.0, "the whole picture: {whole:.1} dB");
    for (variant, rendition) in &examined.thumbnails {
        let (width, height) = if *variant == Variant::Large { (1_280, 960) } else { (320, 240) };
        assert_eq!(rendition.dimensions, Some((width, height)));
        let smaller = seen(&bytes_of(rendition));
        let close = closeness(&smaller, &resize(&picture, width, height, FilterType::CatmullRom));
        assert!(close > 35.0, "{variant:?}: {close:.1} dB");
    }
}

#[tokio::test]
async fn colours_stay_as_fine_as_they_came() {
    let (desk, picture) = (Desk::new(), stripes());
    for (sampling, expected) in [(SamplingFactor::R_4_4_4, 0x11), (SamplingFactor::R_4_2_0, 0x22)] {
        let examined = desk.examine(&jpeg(&picture, sampling)).await.unwrap();
        let bytes = bytes_of(&examined.original);
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        // Behind the marker, the length, the precision, two sizes, how many, and the name of the first.
        assert_eq!(bytes[frame + 11], expected, "{sampling:?}");
        let seen = image::load_from_memory(&bytes).unwrap().into_rgb8();
        let [one, next] = [100, 101].map(|x| seen.get_pixel(x, 100).0[0]);
        assert_eq!(one.abs_diff(next) > 150, expected == 0x11, "{sampling:?}: {one} {next}");
    }
}
