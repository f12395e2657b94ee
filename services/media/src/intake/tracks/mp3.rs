//! MP3: frames of MPEG layer III, between tags that other programs put around them.

use std::io::{self, ErrorKind, Read, Seek};
use std::time::Duration;

use super::{Cleaning, Tracks, read_at, ticks};

/// The longest frame: 320 kbit/s at 32 kHz, padded.
const FRAME_BYTES_MAX: usize = 1_441;
/// How far behind the tags the first frame may begin.
const SEARCH_BYTES_MAX: usize = 64 * 1024;
/// How many tags there may be one behind the other, before and after the sound.
const TAGS_MAX: usize = 8;
const ID3V2_HEADER_BYTES: u64 = 10;
const ID3V1_BYTES: u64 = 128;
const APE_FOOTER_BYTES: u64 = 32;

/// What stands in the four bytes that each frame begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// How long the frame is, with its header.
    pub bytes: usize,
    samples: u32,
    samples_per_second: u32,
    bits_per_second: u32,
    /// Where in the frame it may say how long the whole sound is.
    summary_at: usize,
}

impl FrameHeader {
    /// Reads the header that `bytes` begin with, if they do.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        const KILOBITS_1: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const KILOBITS_2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        const SAMPLES_PER_SECOND: [u32; 3] = [44_100, 48_000, 32_000];
        let &[sync, version, rates, channels, ..] = bytes else { return None };
        // Eleven bits of synchronisation, and layer III.
        if sync != 0xFF || version & 0xE6 != 0xE2 {
            return None;
        }
        let (kilobits, divisor) = match version >> 3 & 3 {
            3 => (KILOBITS_1, 1),
            2 => (KILOBITS_2, 2),
            0 => (KILOBITS_2, 4),
            _ => return None,
        };
        let kilobits = kilobits.get(usize::from(rates >> 4).checked_sub(1)?)?;
        let samples_per_second = SAMPLES_PER_SECOND.get(usize::from(rates >> 2 & 3))? / divisor;
        let samples = if divisor == 1 { 1_152 } else { 576 };
        let padding = u32::from(rates >> 1 & 1);
        let length = samples / 8 * kilobits * 1_000 / samples_per_second + padding;
        let is_mono = channels >> 6 == 3;
        let side_information = match (divisor == 1, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Self {
            bytes: usize::try_from(length).ok()?,
            samples,
            samples_per_second,
            bits_per_second: kilobits * 1_000,
            summary_at: 4 + side_information,
        })
    }

    fn duration_of(&self, frames: u32) -> Option<Duration> {
        ticks(u64::from(frames) * u64::from(self.samples), self.samples_per_second)
    }
}

/// Finds out how long the sound in `file` is, and where it begins and ends.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] if there is none.
pub fn survey(file: &mut (impl Read + Seek), size: u64) -> io::Result<(Tracks, Cleaning)> {
    let begin = after_tags(file, size)?;
    let end = before_tags(file, begin, size)?;
    let mut buffer = read_at(file, begin, SEARCH_BYTES_MAX.min(left(begin, end)))?;
    let offset = first_frame(&buffer).ok_or(ErrorKind::InvalidData)?;
    buffer.drain(..offset);
    let begin = begin + offset as u64;
    let header = FrameHeader::parse(&buffer).ok_or(ErrorKind::InvalidData)?;
    let frame = &buffer[..buffer.len().min(FRAME_BYTES_MAX)];
    let duration = match frames_by_summary(frame, header.summary_at) {
        Some(frames) => header.duration_of(frames),
        // Then every frame is as long as the first.
        None => ticks((end - begin).saturating_mul(8), header.bits_per_second),
    };
    let tracks = Tracks { duration, dimensions: None, has_video: false };
    Ok((tracks, Cleaning { keep: begin..end, ..Cleaning::nothing(size) }))
}

fn left(begin: u64, end: u64) -> usize {
    usize::try_from(end.saturating_sub(begin)).unwrap_or(usize::MAX)
}

/// Where the first of two frames that follow each other begins.
fn first_frame(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&at| {
        let Some(first) = FrameHeader::parse(&bytes[at..]) else { return false };
        bytes.get(at + first.bytes..).is_some_and(|next| {
            // The last frame of a short sound has none behind it.
            next.is_empty() || FrameHeader::parse(next).is_some()
        })
    })
}

/// How many frames the encoder says there are, in the first of them.
fn frames_by_summary(frame: &[u8], at: usize) -> Option<u32> {
    const HAS_FRAME_COUNT: u8 = 1;
    let number = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
    let summary = frame.get(at..)?;
    if summary.starts_with(b"Xing") || summary.starts_with(b"Info") {
        (summary.get(7)? & HAS_FRAME_COUNT != 0).then(|| number(at + 8))?
    } else if frame.get(36..)?.starts_with(b"VBRI") {
        number(36 + 14)
    } else {
        None
    }
}

/// Where the `ID3v2` tags at the beginning end.
fn after_tags(file: &mut (impl Read + Seek), size: u64) -> io::Result<u64> {
    const HAS_FOOTER: u8 = 0x10;
    let mut at = 0;
    for _ in 0..TAGS_MAX {
        let header = read_at(file, at, 10)?;
        let [b'I', b'D', b'3', _, _, flags, s0, s1, s2, s3] = header[..] else { return Ok(at) };
        // Seven bits of each byte, so that a length never looks like a frame.
        let length = [s0, s1, s2, s3].iter().fold(0, |sum, &byte| sum << 7 | u64::from(byte & 0x7F));
        let footer = if flags & HAS_FOOTER == 0 { 0 } else { ID3V2_HEADER_BYTES };
        at += ID3V2_HEADER_BYTES + length + footer;
        if at >= size {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    Ok(at)
}

/// Where the tags at the end begin: `ID3v1`, and those of APE before it.
fn before_tags(file: &mut (impl Read + Seek), begin: u64, size: u64) -> io::Result<u64> {
    const HAS_HEADER: u8 = 0x80;
    let mut end = size;
    for _ in 0..TAGS_MAX {
        if end >= begin + ID3V1_BYTES && read_at(file, end - ID3V1_BYTES, 3)? == b"TAG" {
            end -= ID3V1_BYTES;
            continue;
        }
        if end < begin + APE_FOOTER_BYTES {
            break;
        }
        let footer = read_at(file, end - APE_FOOTER_BYTES, 32)?;
        let [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', _, _, _, _, l0, l1, l2, l3, ..] = footer[..]
        else {
            break;
        };
        let header = if footer[23] & HAS_HEADER == 0 { 0 } else { APE_FOOTER_BYTES };
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3])) + header;
        end = end.checked_sub(length).filter(|&end| end > begin).ok_or(ErrorKind::InvalidData)?;
    }
    Ok(end)
}

/// Some silence.
#[cfg(test)]
pub fn sample() -> Vec<u8> {
    tests::frame().repeat(4)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A frame of MPEG 1 layer III with 128 kbit/s at 44.1 kHz, in silence.
    pub fn frame() -> Vec<u8> {
        let mut frame = vec![0xFF, 0xFB, 0x90, 0x00];
        frame.resize(417, 0);
        frame
    }

    fn survey_of(file: &[u8]) -> io::Result<(Tracks, Cleaning)> {
        survey(&mut Cursor::new(file), file.len() as u64)
    }

    #[test]
    fn a_header_says_how_long_its_frame_is() {
        let header = FrameHeader::parse(&frame()).unwrap();
        assert_eq!((header.bytes, header.samples_per_second, header.bits_per_second), (417, 44_100, 128_000));
        assert_eq!(FrameHeader::parse(&[0xFF, 0xFB, 0xF0, 0]), None);
        assert_eq!(FrameHeader::parse(&[0xFF, 0xFD, 0x90, 0]), None);
    }

    #[test]
    fn tags_on_both_sides_are_left_out() {
        let sound = frame().repeat(100);
        let mut file = b"ID3\x04\x00\x00\x00\x00\x01\x00".to_vec();
        file.extend([b'x'; 128]);
        file.extend(&sound);
        let mut ape = b"APETAGEX\xD0\x07\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec();
        ape.resize(32, 0);
        file.extend(&ape);
        file.extend(b"TAG");
        file.resize(file.len() + 125, b'y');

        let (tracks, cleaning) = survey_of(&file).unwrap();
        assert_eq!(cleaning.keep, 138..138 + sound.len() as u64);
        let seconds = tracks.duration.unwrap().as_secs_f64();
        assert!((2.5..2.7).contains(&seconds), "{seconds}");
    }

    #[test]
    fn the_encoder_knows_how_long_it_is() {
        let mut first = frame();
        first[36..48].copy_from_slice(b"Xing\x00\x00\x00\x01\x00\x00\x10\x00");
        let file = [first, frame()].concat();
        let (tracks, _) = survey_of(&file).unwrap();
        assert_eq!(tracks.duration.unwrap().as_secs(), 106);
    }

    #[test]
    fn a_tag_that_is_longer_than_the_file_is_damaged() {
        let mut file = b"ID3\x04\x00\x00\x7F\x7F\x7F\x7F".to_vec();
        file.extend(frame().repeat(3));
        assert!(survey_of(&file).is_err());
        assert!(survey_of(b"ID3").is_err());
    }
}
