//! What a file is told to be, by its bytes; and that nothing else hides in what is kept.

use confab_media::domain::{ContentType, MediaKind};
use confab_media::intake::Refused;
use image::ImageFormat;

use crate::crafted::{self, encoded, quarters};
use crate::{Desk, contains, renditions};

/// What somebody would like to have served from our address, and runs or opens elsewhere.
const PASSENGERS: [(&str, &[u8]); 6] = [
    ("script", b"*/=1;alert(document.domain)//"),
    ("page", b"<html><body onload=alert(1)>passenger</body></html>"),
    ("server page", b"<?php system($_GET['c']); ?>"),
    ("archive", b"PK\x03\x04\x14\0\0\0\0\0passenger.exe"),
    ("document", b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>"),
    ("program", b"MZ\x90\0\x03passenger This program cannot be run in DOS mode"),
];

/// Pictures with a passenger: behind the end, or where comments are.
fn pictures_with_passengers() -> Vec<(String, ContentType, Vec<u8>)> {
    let mut files = Vec::new();
    for (name, passenger) in PASSENGERS {
        let jpeg = encoded(&quarters(), ImageFormat::Jpeg);
        let png = encoded(&quarters(), ImageFormat::Png);
        let webp = encoded(&quarters(), ImageFormat::WebP);
        let gif = crafted::moving_gif(2);
        let behind = [
            (ContentType::Jpeg, &jpeg),
            (ContentType::Png, &png),
            (ContentType::Webp, &webp),
            (ContentType::Gif, &gif),
        ];
        for (content_type, picture) in behind {
            let file = [picture.as_slice(), passenger].concat();
            files.push((format!("{content_type:?} before a {name}"), content_type, file));
        }
        let comment = crafted::jpeg_segment(0xFE, passenger);
        let inside = [&jpeg[..2], &comment, &jpeg[2..]].concat();
        files.push((format!("JPEG with a {name} in a comment"), ContentType::Jpeg, inside));
        let text = crafted::png_chunk(*b"tEXt", &[&b"x\0"[..], passenger].concat());
        let inside = [&png[..33], &text, &png[33..]].concat();
        files.push((format!("PNG with a {name} in a text"), ContentType::Png, inside));
        let chunk = crafted::webp_chunk(*b"XMP ", passenger);
        let inside = crafted::webp_of(&[webp[12..].to_vec(), chunk]);
        files.push((format!("WebP with a {name} in a chunk"), ContentType::Webp, inside));
        let comment = [&[0x21, 0xFE, u8::try_from(passenger.len()).unwrap()][..], passenger, &[0]].concat();
        let at = gif.windows(2).position(|pair| pair == b"\x21\xF9" || pair == b"\x21\xFF").unwrap();
        let inside = [&gif[..at], &comment, &gif[at..]].concat();
        files.push((format!("GIF with a {name} in a comment"), ContentType::Gif, inside));
    }
    files
}

/// What is no picture, whatever it is called, and what becomes of it.
fn others() -> Vec<(&'static str, &'static [u8], Option<ContentType>)> {
    vec![
        ("nothing", b"", None),
        ("a zero", b"\0", None),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Some(ContentType::Text)),
        ("HTML", b"<!doctype html><script>alert(1)</script>", Some(ContentType::Text)),
        (
            "XML",
            b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x/>",
            Some(ContentType::Text),
        ),
        ("MHTML", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", Some(ContentType::Text)),
        ("a script", b"alert(1)", Some(ContentType::Text)),
        ("a shell script", b"#!/bin/sh\nrm -rf /\n", Some(ContentType::Text)),
        ("text", "Grüße, 世界\n".as_bytes(), Some(ContentType::Text)),
        ("an HTML page before a PDF", b"<html>\n%PDF-1.4", Some(ContentType::Text)),
        ("a PDF with a page", b"%PDF-1.4\n<html><script>alert(1)</script>", Some(ContentType::Pdf)),
        ("an archive", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Some(ContentType::Zip)),
        ("an archive in an archive", b"PK\x03\x04\x14\0PK\x03\x04", Some(ContentType::Zip)),
        ("gzip", b"\x1F\x8B\x08\0\0\0\0\0", None),
        ("WebAssembly", b"\0asm\x01\0\0\0", None),
        ("ELF", b"\x7FELF\x02\x01\x01\0", None),
        ("a program", b"MZ\x90\0\x03\0\0\0", None),
        ("TIFF", b"II*\0\x08\0\0\0\0\0", None),
        ("BMP", b"BM\x36\0\0\0\0\0\0\0", None),
        ("ICO", b"\0\0\x01\0\x01\0\x10\x10", None),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", None),
        ("AVIF", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", None),
        ("JPEG XL", b"\xFF\x0A\xFA\x7F", None),
        ("JPEG 2000", b"\0\0\0\x0CjP  \r\n\x87\n", None),
        ("PSD", b"8BPS\0\x01\0\0\0\0\0\0", None),
        ("OpenEXR", b"\x76\x2F\x31\x01\x02\0\0\0", None),
        ("QuickTime", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", None),
        ("Matroska", b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska", None),
        ("AVI", b"RIFF\0\0\0\0AVI LIST", None),
        ("WAV", b"RIFF\0\0\0\0WAVEfmt ", None),
        ("Flash", b"FWS\x09\0\0\0\0", None),
        ("Theora", b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x2A\x80theora", None),
    ]
}

#[tokio::test]
async fn pictures_are_kept_without_their_passengers() {
    let desk = Desk::new();
    let files = pictures_with_passengers();
    assert!(files.len() + others().len() >= 80);
    for (name, content_type, file) in files {
        let examined = desk.examine(&file).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(examined.original.content_type, content_type, "{name}");
        for (rendition, bytes) in renditions(&examined) {
            assert_eq!(rendition.content_type.kind(), MediaKind::Image, "{name}");
            for (_, passenger) in PASSENGERS {
                assert!(!contains(&bytes, passenger), "{name} is kept with its passenger");
            }
        }
    }
}

#[tokio::test]
async fn everything_else_is_a_file_or_nothing() {
    let desk = Desk::new();
    for (name, file, expected) in others() {
        match (desk.examine(file).await, expected) {
            (Ok(examined), Some(content_type)) => {
                assert_eq!(examined.original.content_type, content_type, "{name}");
                assert_eq!(crate::bytes_of(&examined.original), file, "{name}");
                assert!(examined.thumbnails.is_empty(), "{name}");
                assert_eq!(examined.keeps_metadata, content_type != ContentType::Text, "{name}");
            }
            (Err(Refused::Type), None) => {}
            (got, expected) => panic!("{name}: {got:?} instead of {expected:?}"),
        }
    }
}
