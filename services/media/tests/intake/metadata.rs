//! Nothing that says where, when, by whom and with what a picture was made is kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use confab_media::domain::ContentType;
use serde_json::Value;

use crate::crafted::{self, PRIVATE};
use crate::{Desk, contains, renditions};

/// Thirty pictures: eight ways to hold a camera, in three formats, and those that move.
fn pictures() -> Vec<(String, Vec<u8>)> {
    let mut pictures = Vec::new();
    for held in 1..=8 {
        pictures.push((format!("JPEG held {held}"), crafted::jpeg_with_everything(held)));
        pictures.push((format!("PNG held {held}"), crafted::png_with_everything(held)));
        pictures.push((format!("WebP held {held}"), crafted::webp_with_everything(held)));
    }
    for frames in [1, 2, 3, 7, 20] {
        pictures.push((format!("GIF of {frames}"), crafted::gif_with_everything(frames)));
    }
    pictures.push(("WebP that moves".to_owned(), crafted::moving_webp_with_everything()));
    pictures
}

#[tokio::test]
async fn no_form_of_a_picture_has_anything_private_and_all_are_upright() {
    let desk = Desk::new();
    let pictures = pictures();
    assert_eq!(pictures.len(), 30);
    for (name, bytes) in pictures {
        assert!(contains(&bytes, PRIVATE), "{name} has nothing private to begin with");
        let examined = desk.examine(&bytes).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!examined.keeps_metadata, "{name}");
        assert!(examined.blurhash.as_ref().is_some_and(|hash| hash.len() > 6), "{name}");
        let renditions = renditions(&examined);
        assert_eq!(renditions.len(), 3, "{name}");
        for (rendition, bytes) in renditions {
            assert!(!contains(&bytes, PRIVATE), "{name} keeps what is private");
            assert_eq!(foreign_parts(rendition.content_type, &bytes), Vec::<String>::new(), "{name}");
            assert!(crafted::is_upright(&bytes), "{name} is not upright");
            assert_eq!(rendition.dimensions, Some((crafted::WIDTH, crafted::HEIGHT)), "{name}");
        }
    }
}

/// What `exiftool` reads out of pictures that only says how they are put together, beside what it says of the file.
const HARMLESS: [&str; 30] = [
    "JFIF:JFIFVersion",
    "JFIF:ResolutionUnit",
    "JFIF:XResolution",
    "JFIF:YResolution",
    "PNG:BitDepth",
    "PNG:ColorType",
    "PNG:Compression",
    "PNG:Filter",
    "PNG:ImageHeight",
    "PNG:ImageWidth",
    "PNG:Interlace",
    "GIF:AnimationIterations",
    "GIF:BackgroundColor",
    "GIF:BitsPerPixel",
    "GIF:ColorResolutionDepth",
    "GIF:Duration",
    "GIF:FrameCount",
    "GIF:GIFVersion",
    "GIF:HasColorMap",
    "GIF:ImageHeight",
    "GIF:ImageWidth",
    "GIF:PixelAspectRatio",
    "RIFF:AlphaIsUsed",
    "RIFF:AnimationLoopCount",
    "RIFF:BackgroundColor",
    "RIFF:Duration",
    "RIFF:FrameCount",
    "RIFF:ImageHeight",
    "RIFF:ImageWidth",
    "RIFF:WebP_Flags",
];

/// What Debian's `exiftool` finds in each of the files in `folder` that is more than how it is put together.
fn private_tags(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let tools =
        std::env::var_os("CONFAB_TEST_TOOLS").expect("CONFAB_TEST_TOOLS names a folder with exiftool in it");
    let asked = Command::new(Path::new(&tools).join("exiftool"))
        // As JSON, with the groups of the tags; also those that are there twice, and unknown ones.
        .args(["-json", "-G1", "-a", "-u", "-U"])
        // One by one: of a folder, it takes what is called a picture.
        .args(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        // It looks for settings there.
        .env("HOME", folder)
        .output()
        .unwrap();
    let files: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(&asked.stdout).unwrap();
    let is_private = |tag: &String| {
        let group = tag.split(':').next().unwrap_or_default();
        let of_the_file = matches!(group, "SourceFile" | "ExifTool" | "System" | "Composite")
            || group == "File" && tag != "File:Comment";
        !of_the_file && !HARMLESS.contains(&tag.as_str())
    };
    let name = |file: &serde_json::Map<String, Value>| {
        let path = Path::new(file["SourceFile"].as_str().unwrap());
        path.file_name().unwrap().to_string_lossy().into_owned()
    };
    files
        .iter()
        .map(|file| (name(file), file.keys().filter(|tag| is_private(tag)).cloned().collect()))
        .collect()
}

#[tokio::test]
async fn exiftool_finds_nothing_private_in_any_form() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    for (name, bytes) in pictures() {
        fs::write(folder.path().join(format!("{name}, before")), &bytes).unwrap();
        let examined = desk.examine(&bytes).await.unwrap();
        for (number, (_, bytes)) in renditions(&examined).into_iter().enumerate() {
            fs::write(folder.path().join(format!("{name}, {number}")), bytes).unwrap();
        }
    }
    let found = private_tags(folder.path());
    assert_eq!(found.len(), 30 * 4);
    for (name, tags) in found {
        assert_eq!(tags.is_empty(), !name.ends_with("before"), "{name}: {tags:?}");
    }
}

#[tokio::test]
async fn what_moves_goes_on_moving() {
    let desk = Desk::new();
    let gif = desk.examine(&crafted::gif_with_everything(20)).await.unwrap();
    assert_eq!(gif.original.content_type, ContentType::Gif);
    let bytes = crate::bytes_of(&gif.original);
    let frames = gif_frames(&bytes);
    assert_eq!(frames, 20);
    assert!(contains(&bytes, b"NETSCAPE2.0"), "it does not repeat any more");

    let webp = desk.examine(&crafted::moving_webp_with_everything()).await.unwrap();
    assert_eq!(webp.original.content_type, ContentType::Webp);
    let bytes = crate::bytes_of(&webp.original);
    assert_eq!(bytes.windows(4).filter(|part| part == b"ANMF").count(), 2);
}

fn gif_frames(bytes: &[u8]) -> usize {
    use image::AnimationDecoder;
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes)).unwrap();
    decoder.into_frames().map(Result::unwrap).count()
}

/// What is in a picture beside what is seen of it.
fn foreign_parts(content_type: ContentType, bytes: &[u8]) -> Vec<String> {
    match content_type {
        ContentType::Jpeg => foreign_segments(bytes),
        ContentType::Png => foreign_chunks(bytes),
        ContentType::Webp => foreign_riff(&bytes[12..]),
        ContentType::Gif => foreign_extensions(bytes),
        other => vec![format!("{other:?}")],
    }
}

/// Of JPEG, all segments but those that decoding needs, and whatever comes behind the end.
fn foreign_segments(bytes: &[u8]) -> Vec<String> {
    let mut foreign = Vec::new();
    let mut at = 2;
    loop {
        assert_eq!(bytes[at], 0xFF);
        let marker = bytes[at + 1];
        let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        let is_jfif = marker == 0xE0 && length == 16;
        if !is_jfif && !matches!(marker, 0xDB | 0xC0 | 0xC2 | 0xC4 | 0xDA) {
            foreign.push(format!("segment {marker:02X}"));
        }
        at += 2 + length;
        if marker == 0xDA {
            break;
        }
    }
    let end = bytes[at..].windows(2).position(|pair| pair == [0xFF, 0xD9]).unwrap();
    if at + end + 2 != bytes.len() {
        foreign.push("bytes behind the end".to_owned());
    }
    foreign
}

fn foreign_chunks(bytes: &[u8]) -> Vec<String> {
    let mut foreign = Vec::new();
    let mut rest = &bytes[8..];
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap());
        let name = &rest[4..8];
        if !matches!(name, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND") {
            foreign.push(String::from_utf8_lossy(name).into_owned());
        }
        rest = &rest[12 + usize::try_from(length).unwrap()..];
    }
    foreign
}

fn foreign_riff(bytes: &[u8]) -> Vec<String> {
    let mut foreign = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = usize::try_from(u32::from_le_bytes(rest[4..8].try_into().unwrap())).unwrap();
        let payload = &rest[8..8 + length];
        match &rest[..4] {
            b"VP8X" if payload[0] & 0x2C != 0 => foreign.push("flags of metadata".to_owned()),
            b"ANMF" => foreign.extend(foreign_riff(&payload[16..])),
            b"VP8X" | b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" => {}
            name => foreign.push(String::from_utf8_lossy(name).into_owned()),
        }
        rest = &rest[8 + length + length % 2..];
    }
    foreign
}

fn foreign_extensions(bytes: &[u8]) -> Vec<String> {
    let colors = |flags: u8| if flags & 0x80 == 0 { 0 } else { 6 << (flags & 7) };
    let mut foreign = Vec::new();
    let mut at = 13 + colors(bytes[10]);
    loop {
        match bytes[at] {
            0x3B => break,
            0x2C => at += 11 + colors(bytes[at + 9]),
            0x21 => {
                let is_needed = bytes[at + 1] == 0xF9 || contains(&bytes[at..at + 14], b"NETSCAPE2.0");
                if !is_needed {
                    foreign.push(format!("extension {:02X}", bytes[at + 1]));
                }
                at += 2;
            }
            other => panic!("there is no block {other:02X}"),
        }
        while bytes[at] != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += 1;
    }
    if at + 1 != bytes.len() {
        foreign.push("bytes behind the end".to_owned());
    }
    foreign
}
