//! What a file is, told by its first bytes and by nothing else.

use std::io::{self, Read, Seek, SeekFrom};

use super::text;
use crate::domain::ContentType;

/// How much of a file is looked at to tell what it is.
const PROBE_BYTES: usize = 4 * 1024;

/// Tells what `file` is, from its beginning on; `None` if it is nothing we take.
///
/// # Errors
///
/// If `file` cannot be read.
pub fn sniff(file: &mut (impl Read + Seek)) -> io::Result<Option<ContentType>> {
    file.seek(SeekFrom::Start(0))?;
    let mut probe = Vec::with_capacity(PROBE_BYTES);
    file.take(PROBE_BYTES as u64).read_to_end(&mut probe)?;
    if let Some(format) = by_magic(&probe) {
        return Ok(Some(format));
    }
    file.seek(SeekFrom::Start(0))?;
    // Archives and documents that were cut off are no text either: they have control characters.
    Ok((!probe.is_empty() && text::is_plain(file)?).then_some(ContentType::Text))
}

/// Tells what begins with `probe`, unless it is text or nothing we take.
#[must_use]
pub fn by_magic(probe: &[u8]) -> Option<ContentType> {
    let starts = |magic: &[u8]| probe.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| probe.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if starts(b"\xFF\xD8\xFF") {
        Some(ContentType::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1A\n") {
        Some(ContentType::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(ContentType::Gif)
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Some(ContentType::Webp)
    } else if at(4, b"ftyp") {
        brand(probe)
    } else if starts(b"\x1A\x45\xDF\xA3") {
        says_webm(probe).then_some(ContentType::Webm)
    } else if starts(b"OggS") {
        ogg_codec(probe)
    } else if starts(b"ID3") || is_mpeg_layer_3(probe) {
        Some(ContentType::Mp3)
    } else if starts(b"%PDF-") {
        Some(ContentType::Pdf)
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        Some(ContentType::Zip)
    } else {
        None
    }
}

/// What an ISO base media file says it is. Of pictures in this form (HEIC, AVIF) we decode none.
fn brand(probe: &[u8]) -> Option<ContentType> {
    match probe.get(8..12)? {
        b"M4A " | b"M4B " => Some(ContentType::M4a),
        b"isom" | b"iso2" | b"iso3" | b"iso4" | b"iso5" | b"iso6" | b"iso7" | b"iso8" | b"iso9" | b"mp41"
        | b"mp42" | b"avc1" | b"dash" | b"M4V " | b"M4VP" | b"M4VH" | b"MSNV" | b"f4v " => {
            Some(ContentType::Mp4)
        }
        _ => None,
    }
}

/// Whether an EBML header names the kind of Matroska that browsers play.
fn says_webm(probe: &[u8]) -> bool {
    // The element DocType, of four bytes. The header is the first element and short.
    let header = &probe[..probe.len().min(64)];
    header.windows(7).any(|window| window == b"\x42\x82\x84webm")
}

/// What the first packet of the first Ogg page says.
fn ogg_codec(probe: &[u8]) -> Option<ContentType> {
    let segments = usize::from(*probe.get(26)?);
    let packet = probe.get(27 + segments..)?;
    (packet.starts_with(b"OpusHead") || packet.starts_with(b"\x01vorbis")).then_some(ContentType::Ogg)
}

/// Whether there are two frames of MPEG layer III, one behind the other. One
/// alone is eleven bits, which anything may begin with.
fn is_mpeg_layer_3(probe: &[u8]) -> bool {
    use super::tracks::mp3::FrameHeader;
    let Some(first) = FrameHeader::parse(probe) else { return false };
    probe.get(first.bytes..).and_then(FrameHeader::parse).is_some()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn told(bytes: &[u8]) -> Option<ContentType> {
        sniff(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(told(b"\xFF\xD8\xFF\xE0rest"), Some(ContentType::Jpeg));
        assert_eq!(told(b"\x89PNG\r\n\x1A\nrest"), Some(ContentType::Png));
        assert_eq!(told(b"GIF89a/*\x00rest"), Some(ContentType::Gif));
        assert_eq!(told(b"RIFF\x04\x00\x00\x00WEBPVP8 "), Some(ContentType::Webp));
        assert_eq!(told(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00"), Some(ContentType::Mp4));
        assert_eq!(told(b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00"), Some(ContentType::M4a));
        assert_eq!(told(b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm"), Some(ContentType::Webm));
        assert_eq!(told(b"%PDF-1.7\n\x00"), Some(ContentType::Pdf));
        assert_eq!(told(b"PK\x03\x04\x14\x00"), Some(ContentType::Zip));
        assert_eq!(told("Grüße\r\n\tan alle".as_bytes()), Some(ContentType::Text));
    }

    #[test]
    fn what_a_browser_would_run_is_text() {
        assert_eq!(told(b"<!doctype html><script>alert(1)</script>"), Some(ContentType::Text));
        // So it is served as text.
        assert_eq!(told(b"<svg xmlns=\"x\" onload=\"alert(1)\"/>"), Some(ContentType::Text));
    }

    #[test]
    fn everything_else_is_nothing() {
        let others: [&[u8]; 12] = [
            b"",
            b"\x00",
            b"\x7FELF\x02\x01\x01",
            b"MZ\x90\x00",
            b"\x00asm\x01\x00\x00\x00",
            b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
            b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00",
            b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska",
            b"II*\x00\x08\x00\x00\x00",
            b"\x1F\x8B\x08\x00\x00",
            b"RIFF\x04\x00\x00\x00WAVEfmt ",
            b"caf\xE9 in Latin-1",
        ];
        for other in others {
            assert_eq!(told(other), None, "{other:?}");
        }
    }
}
