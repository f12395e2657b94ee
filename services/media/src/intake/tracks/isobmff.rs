//! MP4 and M4A: boxes in boxes, of which some are metadata.
//!
//! A box of metadata is made a box `free` of the same length, with zeros in it,
//! so that nothing else moves: the index is in offsets from the beginning.

use std::io::{self, ErrorKind, Read, Seek};

use super::{Cleaning, Patch, Tracks, read_at, ticks};

/// How many boxes are looked at. A film in many fragments has some thousands.
const BOXES_MAX: usize = 100_000;
/// How deep boxes are in each other where we look.
const DEPTH_MAX: usize = 6;
/// How much of a box is read: enough for those that say how long and how large.
const HEAD_BYTES: usize = 112;

/// Finds out what the file has in it.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] if its boxes make no sense.
pub fn survey(file: &mut (impl Read + Seek), size: u64) -> io::Result<(Tracks, Cleaning)> {
    let mut survey = Survey {
        file,
        boxes: 0,
        ticks_per_second: None,
        tracks: Tracks::default(),
        cleaning: Cleaning::nothing(size),
    };
    survey.walk(0, size, 0, &mut Track::default())?;
    // What has no header is nothing that can be played.
    survey.ticks_per_second.ok_or(ErrorKind::InvalidData)?;
    Ok((survey.tracks, survey.cleaning))
}

struct Survey<'a, File> {
    file: &'a mut File,
    boxes: usize,
    /// What the header of the film says; that of its fragments counts the same ticks.
    ticks_per_second: Option<u32>,
    tracks: Tracks,
    cleaning: Cleaning,
}

/// What is known of the track that is being walked through.
#[derive(Clone, Copy, Default)]
struct Track {
    handler: Option<[u8; 4]>,
    dimensions: Option<(u32, u32)>,
}

struct Head {
    name: [u8; 4],
    /// Where its content begins, and where it ends.
    content: u64,
    end: u64,
}

impl<File: Read + Seek> Survey<'_, File> {
    /// Goes through the boxes from `at` to `end`.
    fn walk(&mut self, mut at: u64, end: u64, depth: usize, track: &mut Track) -> io::Result<()> {
        if depth > DEPTH_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
        while at < end {
            self.boxes += 1;
            if self.boxes > BOXES_MAX {
                return Err(ErrorKind::InvalidData.into());
            }
            let head = self.head(at, end)?;
            self.visit(at, &head, depth, track)?;
            at = head.end;
        }
        Ok(())
    }

    fn head(&mut self, at: u64, end: u64) -> io::Result<Head> {
        let bytes = read_at(self.file, at, 16)?;
        let &[l0, l1, l2, l3, n0, n1, n2, n3, ..] = bytes.as_slice() else {
            return Err(ErrorKind::UnexpectedEof.into());
        };
        let short = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
        let long = || bytes.get(8..16)?.try_into().ok().map(u64::from_be_bytes);
        let (length, header) = match short {
            // As far as what it is in.
            0 => (end - at, 8),
            1 => (long().ok_or(ErrorKind::UnexpectedEof)?, 16),
            short => (short, 8),
        };
        let ends = at.checked_add(length).filter(|&ends| length >= header && ends <= end);
        let ends = ends.ok_or(ErrorKind::InvalidData)?;
        Ok(Head { name: [n0, n1, n2, n3], content: at + header, end: ends })
    }

    fn visit(&mut self, at: u64, head: &Head, depth: usize, track: &mut Track) -> io::Result<()> {
        match &head.name {
            b"moov" | b"mdia" | b"moof" | b"traf" | b"mvex" => {
                self.walk(head.content, head.end, depth + 1, track)
            }
            b"trak" => self.track(at, head, depth),
            b"udta" | b"meta" | b"uuid" => {
                self.erase(at, head);
                Ok(())
            }
            b"mvhd" => self.movie_header(head),
            b"mehd" => self.fragments_header(head),
            b"tkhd" => self.track_header(head, track),
            b"mdhd" => self.forget_times(head).map(drop),
            b"hdlr" => {
                let bytes = read_at(self.file, head.content, 12)?;
                track.handler = bytes.get(8..12).and_then(|name| name.try_into().ok());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn track(&mut self, at: u64, head: &Head, depth: usize) -> io::Result<()> {
        let before = self.cleaning.patches.len();
        let mut track = Track::default();
        self.walk(head.content, head.end, depth + 1, &mut track)?;
        match &track.handler.unwrap_or_default() {
            b"vide" => {
                self.tracks.has_video = true;
                self.tracks.dimensions = self.tracks.dimensions.or(track.dimensions);
            }
            b"soun" | b"text" | b"sbtl" | b"subt" | b"clcp" => {}
            // Where the camera was, every second: a track that nobody plays.
            // What it says is among the pictures, and stays there.
            _ => {
                self.cleaning.patches.truncate(before);
                self.erase(at, head);
                self.cleaning.keeps_metadata = true;
            }
        }
        Ok(())
    }

    /// Makes a box `free`.
    fn erase(&mut self, at: u64, head: &Head) {
        let patch = Patch { at: at + 4, bytes: b"free".to_vec(), zeros: 0 };
        self.cleaning.patches.push(patch);
        self.zero(head.content, head.end - head.content);
    }

    fn zero(&mut self, at: u64, zeros: u64) {
        if zeros > 0 {
            self.cleaning.patches.push(Patch { at, bytes: Vec::new(), zeros });
        }
    }

    /// Zeroes when something was made and changed, and returns what comes behind that.
    fn forget_times(&mut self, head: &Head) -> io::Result<(bool, Vec<u8>)> {
        let length = usize::try_from(head.end - head.content).unwrap_or(HEAD_BYTES).min(HEAD_BYTES);
        let mut bytes = read_at(self.file, head.content, length)?;
        let is_long = bytes.first() == Some(&1);
        let times = if is_long { 16 } else { 8 };
        if bytes.len() < 4 + times {
            return Err(ErrorKind::InvalidData.into());
        }
        self.zero(head.content + 4, times as u64);
        Ok((is_long, bytes.split_off(4 + times)))
    }

    fn movie_header(&mut self, head: &Head) -> io::Result<()> {
        let (is_long, rest) = self.forget_times(head)?;
        let per_second = number(&rest, 0).ok_or(ErrorKind::InvalidData)?;
        let count = if is_long { long_number(&rest, 4) } else { number(&rest, 4).map(u64::from) };
        let count = count.filter(|&count| count > 0 && count != u64::MAX && count != u64::from(u32::MAX));
        self.tracks.duration = count.and_then(|count| ticks(count, per_second));
        self.ticks_per_second = Some(per_second);
        Ok(())
    }

    fn fragments_header(&mut self, head: &Head) -> io::Result<()> {
        let bytes = read_at(self.file, head.content, 12)?;
        let is_long = bytes.first() == Some(&1);
        let count = if is_long { long_number(&bytes, 4) } else { number(&bytes, 4).map(u64::from) };
        let duration =
            count.zip(self.ticks_per_second).and_then(|(count, per_second)| ticks(count, per_second));
        self.tracks.duration = self.tracks.duration.or(duration);
        Ok(())
    }

    fn track_header(&mut self, head: &Head, track: &mut Track) -> io::Result<()> {
        let (is_long, rest) = self.forget_times(head)?;
        // Number of the track, four bytes of nothing, its length; then 16 bytes up to the matrix.
        let matrix = if is_long { 16 } else { 12 } + 16;
        let cell = |at: usize| number(&rest, matrix + 4 * at);
        let (Some(width), Some(height)) = (number(&rest, matrix + 36), number(&rest, matrix + 40)) else {
            return Err(ErrorKind::InvalidData.into());
        };
        // Sixteen bits of them are behind the point.
        let (width, height) = (width >> 16, height >> 16);
        // A film that was taken upright is turned by a quarter when it is shown.
        let is_turned = cell(0) == Some(0) && cell(4) == Some(0) && cell(1) != Some(0);
        track.dimensions = Some(if is_turned { (height, width) } else { (width, height) });
        Ok(())
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn long_number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes)
}
