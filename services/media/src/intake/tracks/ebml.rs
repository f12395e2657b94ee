//! `WebM`: elements in elements, of which some are metadata.
//!
//! An element of metadata is made an element Void of the same length, so that
//! nothing else moves: the index is in offsets.

use std::io::{self, ErrorKind, Read, Seek};
use std::time::Duration;

use super::{Cleaning, Patch, Tracks, read_at};

/// How many elements are looked at: what a browser recorded in some hours has
/// one for every 20 ms of it, but only its clusters are looked into.
const ELEMENTS_MAX: usize = 1_000_000;
/// How long an element may be whose value is read.
const VALUE_BYTES_MAX: u64 = 8;
/// A tick is a millisecond, unless it says otherwise.
const NANOS_PER_TICK: u64 = 1_000_000;

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TICK: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const DATE: u32 = 0x4461;
const TITLE: u32 = 0x7BA9;
const MUXING_APP: u32 = 0x4D80;
const WRITING_APP: u32 = 0x5741;
const CHECKSUM: u32 = 0xBF;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const TRACK_NAME: u32 = 0x536E;
const VIDEO: u32 = 0xE0;
const WIDTH: u32 = 0xB0;
const HEIGHT: u32 = 0xBA;
const TAGS: u32 = 0x1254_C367;
const ATTACHMENTS: u32 = 0x1941_A469;
const CHAPTERS: u32 = 0x1043_A770;
const CLUSTER: u32 = 0x1F43_B675;
const CLUSTER_TIME: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;

/// Finds out what the file has in it.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] if its elements make no sense.
pub fn survey(file: &mut (impl Read + Seek), size: u64) -> io::Result<(Tracks, Cleaning)> {
    let mut survey = Survey {
        file,
        elements: 0,
        nanos_per_tick: NANOS_PER_TICK,
        ticks: None,
        cluster: 0,
        last: 0,
        has_tracks: false,
        tracks: Tracks::default(),
        cleaning: Cleaning::nothing(size),
    };
    survey.walk(0, size)?;
    if !survey.has_tracks {
        return Err(ErrorKind::InvalidData.into());
    }
    let nanos_per_tick = survey.nanos_per_tick;
    let measured = || Some(Duration::from_nanos(survey.last.checked_mul(nanos_per_tick)?));
    let said =
        survey.ticks.and_then(|ticks| Duration::try_from_secs_f64(ticks * tick_seconds(nanos_per_tick)).ok());
    let duration = said.filter(|said| !said.is_zero()).or_else(measured).filter(|known| !known.is_zero());
    Ok((Tracks { duration, ..survey.tracks }, survey.cleaning))
}

fn tick_seconds(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64()
}

struct Survey<'a, File> {
    file: &'a mut File,
    elements: usize,
    nanos_per_tick: u64,
    /// How long it says it is.
    ticks: Option<f64>,
    /// When the cluster that is being walked through begins.
    cluster: u64,
    /// When the last block begins. Browsers write while they record, and do
    /// not come back to say how long it was.
    last: u64,
    has_tracks: bool,
    tracks: Tracks,
    cleaning: Cleaning,
}

struct Element {
    id: u32,
    at: u64,
    content: u64,
    /// Where it ends; nothing if it does not know, and whoever reads it notices.
    end: Option<u64>,
}

impl<File: Read + Seek> Survey<'_, File> {
    /// Goes through the elements from `at` to `end`. Of those that have others
    /// in them, the content comes next: so none is in another for us, and one
    /// that does not know its end needs none.
    fn walk(&mut self, mut at: u64, end: u64) -> io::Result<()> {
        while at < end {
            self.elements += 1;
            if self.elements > ELEMENTS_MAX {
                return Err(ErrorKind::InvalidData.into());
            }
            let element = self.element(at, end)?;
            at = match element.id {
                SEGMENT | INFO | TRACKS | TRACK | VIDEO | CLUSTER | BLOCK_GROUP => element.content,
                _ => element.end.ok_or(ErrorKind::InvalidData)?,
            };
            self.visit(&element)?;
        }
        Ok(())
    }

    fn element(&mut self, at: u64, end: u64) -> io::Result<Element> {
        let bytes = read_at(self.file, at, 12)?;
        let (id, id_bytes) = number(&bytes, Marker::Kept).ok_or(ErrorKind::InvalidData)?;
        let id = u32::try_from(id).map_err(|_| ErrorKind::InvalidData)?;
        let (length, length_bytes) =
            number(&bytes[id_bytes..], Marker::Removed).ok_or(ErrorKind::InvalidData)?;
        let content = at + (id_bytes + length_bytes) as u64;
        let is_unknown = length == (1 << (7 * length_bytes)) - 1;
        let ends = content.checked_add(length).filter(|&ends| ends <= end);
        let ends = if is_unknown { None } else { Some(ends.ok_or(ErrorKind::UnexpectedEof)?) };
        Ok(Element { id, at, content, end: ends })
    }

    fn visit(&mut self, element: &Element) -> io::Result<()> {
        match element.id {
            TRACKS => self.has_tracks = true,
            VIDEO => {
                self.tracks.has_video = true;
            }
            TICK => self.nanos_per_tick = self.unsigned(element)?.max(1),
            DURATION => self.ticks = Some(self.float(element)?),
            WIDTH => self.side(element, |(_, height), width| (width, height))?,
            HEIGHT => self.side(element, |(width, _), height| (width, height))?,
            CLUSTER_TIME => self.cluster = self.unsigned(element)?,
            SIMPLE_BLOCK | BLOCK => self.block(element)?,
            TAGS | ATTACHMENTS | CHAPTERS | DATE | TITLE | TRACK_NAME | CHECKSUM => self.erase(element)?,
            // They have to be there, and need not say anything.
            MUXING_APP | WRITING_APP => self.blank(element)?,
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, element: &Element) -> io::Result<Vec<u8>> {
        let length = element.end.map(|end| end - element.content).filter(|&length| length <= VALUE_BYTES_MAX);
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(ErrorKind::InvalidData)?;
        read_at(self.file, element.content, length)
    }

    fn unsigned(&mut self, element: &Element) -> io::Result<u64> {
        Ok(self.value(element)?.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    fn float(&mut self, element: &Element) -> io::Result<f64> {
        match *self.value(element)?.as_slice() {
            [b0, b1, b2, b3] => Ok(f32::from_be_bytes([b0, b1, b2, b3]).into()),
            [b0, b1, b2, b3, b4, b5, b6, b7] => Ok(f64::from_be_bytes([b0, b1, b2, b3, b4, b5, b6, b7])),
            _ => Err(ErrorKind::InvalidData.into()),
        }
    }

    fn side(&mut self, element: &Element, put: impl Fn((u32, u32), u32) -> (u32, u32)) -> io::Result<()> {
        let side = u32::try_from(self.unsigned(element)?).map_err(|_| ErrorKind::InvalidData)?;
        self.tracks.dimensions = Some(put(self.tracks.dimensions.unwrap_or_default(), side));
        Ok(())
    }

    /// Notes when a block begins: behind the number of its track, counted from its cluster.
    fn block(&mut self, element: &Element) -> io::Result<()> {
        let head = read_at(self.file, element.content, 10)?;
        let (_, track_bytes) = number(&head, Marker::Removed).ok_or(ErrorKind::InvalidData)?;
        let &[t0, t1, ..] = head.get(track_bytes..).unwrap_or_default() else {
            return Err(ErrorKind::InvalidData.into());
        };
        let begins = self.cluster.saturating_add_signed(i16::from_be_bytes([t0, t1]).into());
        self.last = self.last.max(begins);
        Ok(())
    }

    /// Makes an element Void: an identifier of one byte, a length that fills what is left of the head.
    fn erase(&mut self, element: &Element) -> io::Result<()> {
        const VOID: u8 = 0xEC;
        let end = element.end.ok_or(ErrorKind::InvalidData)?;
        let at = element.at;
        let length_bytes = usize::try_from(element.content - at).map_err(io::Error::other)? - 1;
        let length = end - element.content;
        // A length of n bytes has 7 n bits, and n stands before them as a one in the first byte.
        let marked = length | 1 << (7 * length_bytes);
        let mut bytes = vec![VOID];
        bytes.extend(&marked.to_be_bytes()[8 - length_bytes..]);
        self.cleaning.patches.push(Patch { at, bytes, zeros: length });
        Ok(())
    }

    fn blank(&mut self, element: &Element) -> io::Result<()> {
        let end = element.end.ok_or(ErrorKind::InvalidData)?;
        self.cleaning.patches.push(Patch {
            at: element.content,
            bytes: Vec::new(),
            zeros: end - element.content,
        });
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Kept,
    Removed,
}

/// A number whose length is in its first byte, and that length.
fn number(bytes: &[u8], marker: Marker) -> Option<(u64, usize)> {
    let first = *bytes.first().filter(|&&first| first != 0)?;
    let length = first.leading_zeros() as usize + 1;
    let all = bytes.get(..length)?;
    let first = match marker {
        Marker::Kept => first,
        Marker::Removed => first & !(0x80 >> (length - 1)),
    };
    Some((all[1..].iter().fold(u64::from(first), |sum, &byte| sum << 8 | u64::from(byte)), length))
}
