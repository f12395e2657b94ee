//! Pictures that do not move: decoded, set upright, and encoded anew.

use std::io::{Cursor, Write};

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::{Encoded, Facts, Failure, Out, colors, headers, thumbnails};
use crate::domain::{ContentType, Variant};
use crate::intake::frames::Refusal;

/// How close a JPEG picture stays to what came.
const JPEG_QUALITY: u8 = 85;
/// Above so many pixels, PNG pictures are compressed with less effort: the
/// effort takes seconds then, and such pictures are photographs.
const DEFLATED_WELL_PIXELS_MAX: u64 = 8_000_000;

/// Makes every form of the JPEG or PNG picture in `bytes`.
pub fn render(content_type: ContentType, bytes: &[u8], out: &mut Out<impl Write>) -> Result<Facts, Failure> {
    let picture = if content_type == ContentType::Jpeg { decode_jpeg(bytes)? } else { decode_png(bytes)? };
    render_decoded(picture, content_type, out)
}

/// Makes every form of a picture that is decoded already; the whole of it becomes a `content_type`.
pub fn render_decoded(
    picture: Picture,
    content_type: ContentType,
    out: &mut Out<impl Write>,
) -> Result<Facts, Failure> {
    let blurhash = thumbnails::render(&picture, out)?;
    let grain = picture.grain;
    let upright = picture.upright();
    out.send(Variant::Original, &encode(&upright, content_type, grain)?)?;
    Ok(Facts { animated: false, blurhash })
}

/// Pixels of eight bits, red, green, blue and perhaps alpha, as they came.
pub struct Picture {
    pub pixels: DynamicImage,
    /// How they have to be turned to be seen as they were meant.
    pub orientation: Orientation,
    /// How fine its colours are.
    pub grain: Grain,
}

/// How fine the colours of a picture are; eyes see brightness much better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Each pixel has its own.
    Fine,
    /// Four pixels have one, as photographs have it.
    Coarse,
}

impl Picture {
    /// Decodes what `decoder` has, which is of a fair size.
    pub fn decode(mut decoder: impl ImageDecoder) -> Result<Self, Failure> {
        headers::check(&mut decoder)?;
        // What cannot be read of metadata says nothing.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let profile = decoder.icc_profile().ok().flatten();
        let mut pixels = of_eight_bits(DynamicImage::from_decoder(decoder)?);
        if let Some(profile) = profile {
            colors::to_srgb(&mut pixels, &profile);
        }
        Ok(Self { pixels, orientation, grain: Grain::Coarse })
    }

    /// The pixels, turned.
    pub fn upright(self) -> DynamicImage {
        let Self { mut pixels, orientation, .. } = self;
        pixels.apply_orientation(orientation);
        pixels
    }
}

/// Encodes `pixels` as a `content_type`; of JPEG, with colours of that `grain`.
fn encode(pixels: &DynamicImage, content_type: ContentType, grain: Grain) -> Result<Encoded, Failure> {
    match content_type {
        ContentType::Jpeg => encode_jpeg(pixels, JPEG_QUALITY, grain),
        ContentType::Webp => {
            let mut bytes = Vec::new();
            write(WebPEncoder::new_lossless(&mut bytes), pixels)?;
            Ok(encoded(content_type, pixels, bytes))
        }
        _ => encode_png(pixels),
    }
}

/// Encodes `pixels`, of which none is transparent, with that `quality` and `grain`.
pub fn encode_jpeg(pixels: &DynamicImage, quality: u8, grain: Grain) -> Result<Encoded, Failure> {
    let side = |pixels| u16::try_from(pixels).map_err(|_| Refusal::TooManyPixels);
    let (width, height) = (side(pixels.width())?, side(pixels.height())?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(match grain {
        Grain::Fine => SamplingFactor::R_4_4_4,
        Grain::Coarse => SamplingFactor::R_4_2_0,
    });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let encoded_all = encoder.encode(pixels.as_bytes(), width, height, ColorType::Rgb);
    encoded_all.map_err(|_| Refusal::Damaged)?;
    Ok(encoded(ContentType::Jpeg, pixels, bytes))
}

/// Encodes `pixels` without losing anything.
pub fn encode_png(pixels: &DynamicImage) -> Result<Encoded, Failure> {
    let many = u64::from(pixels.width()) * u64::from(pixels.height()) > DEFLATED_WELL_PIXELS_MAX;
    let effort = if many { CompressionType::Fast } else { CompressionType::Default };
    let mut bytes = Vec::new();
    write(PngEncoder::new_with_quality(&mut bytes, effort, FilterType::Adaptive), pixels)?;
    Ok(encoded(ContentType::Png, pixels, bytes))
}

fn write(encoder: impl ImageEncoder, pixels: &DynamicImage) -> Result<(), Failure> {
    let color = pixels.color().into();
    Ok(encoder.write_image(pixels.as_bytes(), pixels.width(), pixels.height(), color)?)
}

fn encoded(content_type: ContentType, pixels: &DynamicImage, bytes: Vec<u8>) -> Encoded {
    Encoded { content_type, width: pixels.width(), height: pixels.height(), bytes }
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, Failure> {
    let decoder = JpegDecoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    headers::check_size(width, height)?;
    headers::check_scans(bytes, width, height)?;
    let grain = if headers::colors_each_pixel(bytes) { Grain::Fine } else { Grain::Coarse };
    Ok(Picture { grain, ..Picture::decode(decoder)? })
}

fn decode_png(bytes: &[u8]) -> Result<Picture, Failure> {
    Picture::decode(PngDecoder::with_limits(Cursor::new(bytes), headers::limits())?)
}

/// The same picture in eight bits a channel, without an alpha channel that says nothing.
fn of_eight_bits(pixels: DynamicImage) -> DynamicImage {
    if !pixels.color().has_alpha() {
        return pixels.into_rgb8().into();
    }
    let pixels = pixels.into_rgba8();
    if pixels.as_raw().chunks_exact(4).all(|pixel| pixel[3] == u8::MAX) {
        return DynamicImage::from(pixels).into_rgb8().into();
    }
    pixels.into()
}
