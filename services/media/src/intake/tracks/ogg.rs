//! Ogg: packets cut into pages, each with a checksum. The second packet is
//! comments; it is emptied where it lies, so that no page changes its length.

use std::io::{self, ErrorKind, Read, Seek};

use super::{Cleaning, Patch, Tracks, read_at, ticks};

/// A page without its segments.
const HEADER_BYTES: usize = 27;
/// The longest page.
const PAGE_BYTES_MAX: usize = HEADER_BYTES + 255 + 255 * 255;
/// How many pages comments may fill, with the picture of an album in them: 16 MB.
const COMMENT_PAGES_MAX: usize = 256;
/// Where in a page its checksum is.
const CHECKSUM_AT: usize = 22;
/// What Opus counts in, whatever was recorded.
const OPUS_SAMPLES_PER_SECOND: u32 = 48_000;

/// Finds out how long the sound in `file` is, and where its comments are.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] if its pages make no sense.
pub fn survey(file: &mut (impl Read + Seek), size: u64) -> io::Result<(Tracks, Cleaning)> {
    let first = Page::read(file, 0)?;
    let codec = Codec::of(first.payload()).ok_or(ErrorKind::InvalidData)?;
    let patches = empty_comments(file, first.bytes.len() as u64, &codec, first.serial())?;
    let duration = last_position(file, size, first.serial())?
        .and_then(|position| ticks(position.saturating_sub(codec.skipped), codec.samples_per_second));
    let tracks = Tracks { duration, dimensions: None, has_video: false };
    Ok((tracks, Cleaning { patches, ..Cleaning::nothing(size) }))
}

struct Codec {
    samples_per_second: u32,
    /// What a decoder throws away of the beginning.
    skipped: u64,
    /// What a packet of comments is, when there are none.
    no_comments: &'static [u8],
}

impl Codec {
    /// Reads the first packet.
    fn of(packet: &[u8]) -> Option<Self> {
        if packet.starts_with(b"OpusHead") {
            let skipped = u16::from_le_bytes(packet.get(10..12)?.try_into().ok()?);
            let no_comments = b"OpusTags\0\0\0\0\0\0\0\0";
            Some(Self { samples_per_second: OPUS_SAMPLES_PER_SECOND, skipped: skipped.into(), no_comments })
        } else if packet.starts_with(b"\x01vorbis") {
            let samples_per_second = u32::from_le_bytes(packet.get(12..16)?.try_into().ok()?);
            let no_comments = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
            Some(Self { samples_per_second, skipped: 0, no_comments })
        } else {
            None
        }
    }

    /// What both kinds of packets of comments begin with.
    fn comments_begin(&self) -> &'static [u8] {
        &self.no_comments[..self.no_comments.len() - if self.no_comments[0] == 3 { 9 } else { 8 }]
    }
}

struct Page {
    bytes: Vec<u8>,
}

impl Page {
    fn read(file: &mut (impl Read + Seek), at: u64) -> io::Result<Self> {
        let mut bytes = read_at(file, at, PAGE_BYTES_MAX)?;
        let length = Self::length(&bytes).ok_or(ErrorKind::InvalidData)?;
        if bytes.len() < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        bytes.truncate(length);
        Ok(Self { bytes })
    }

    /// How long the page that `bytes` begin with is.
    fn length(bytes: &[u8]) -> Option<usize> {
        if !bytes.starts_with(b"OggS\0") {
            return None;
        }
        let segments = usize::from(*bytes.get(HEADER_BYTES - 1)?);
        let table = bytes.get(HEADER_BYTES..HEADER_BYTES + segments)?;
        let payload: usize = table.iter().map(|&length| usize::from(length)).sum();
        Some(HEADER_BYTES + segments + payload)
    }

    fn table(&self) -> &[u8] {
        let segments = usize::from(self.bytes[HEADER_BYTES - 1]);
        &self.bytes[HEADER_BYTES..HEADER_BYTES + segments]
    }

    fn payload(&self) -> &[u8] {
        &self.bytes[HEADER_BYTES + self.table().len()..]
    }

    fn serial(&self) -> u32 {
        u32::from_le_bytes([self.bytes[14], self.bytes[15], self.bytes[16], self.bytes[17]])
    }

    /// How much of the payload belongs to the packet that goes on here, and
    /// whether it ends here.
    fn first_packet(&self) -> (usize, bool) {
        let mut length = 0;
        for &segment in self.table() {
            length += usize::from(segment);
            if segment < u8::MAX {
                return (length, true);
            }
        }
        (length, false)
    }

    /// Writes `packet` over the first packet, and zeros behind it.
    fn overwrite(&mut self, packet: &[u8]) {
        let (length, _) = self.first_packet();
        let start = HEADER_BYTES + self.table().len();
        let place = &mut self.bytes[start..start + length];
        let (front, back) = place.split_at_mut(packet.len().min(length));
        front.copy_from_slice(&packet[..front.len()]);
        back.fill(0);
        self.bytes[CHECKSUM_AT..CHECKSUM_AT + 4].fill(0);
        let sum = checksum(&self.bytes);
        self.bytes[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&sum.to_le_bytes());
    }
}

/// What is written over the pages that the comments are in, which begin at `at`.
fn empty_comments(
    file: &mut (impl Read + Seek),
    mut at: u64,
    codec: &Codec,
    serial: u32,
) -> io::Result<Vec<Patch>> {
    let mut patches = Vec::new();
    let mut packet = codec.no_comments;
    for _ in 0..COMMENT_PAGES_MAX {
        let mut page = Page::read(file, at)?;
        let (_, ends) = page.first_packet();
        let is_first = patches.is_empty();
        let begins = !is_first || page.payload().starts_with(codec.comments_begin());
        if page.serial() != serial || !begins || is_first && page.first_packet().0 < packet.len() {
            return Err(ErrorKind::InvalidData.into());
        }
        page.overwrite(packet);
        packet = &[];
        let length = page.bytes.len() as u64;
        patches.push(Patch { at, bytes: page.bytes, zeros: 0 });
        if ends {
            return Ok(patches);
        }
        at += length;
    }
    Err(ErrorKind::InvalidData.into())
}

/// How many samples had been played at the end of the last page of that stream.
fn last_position(file: &mut (impl Read + Seek), size: u64, serial: u32) -> io::Result<Option<u64>> {
    let reach = 2 * PAGE_BYTES_MAX;
    let end = read_at(file, size.saturating_sub(reach as u64), reach)?;
    let positions = end.windows(HEADER_BYTES).rev().filter(|page| page.starts_with(b"OggS\0"));
    let positions = positions.filter(|page| page[14..18] == serial.to_le_bytes());
    // A page on which no packet ends has none.
    let positions = positions.filter_map(|page| page[6..14].try_into().ok().map(u64::from_le_bytes));
    Ok(positions.into_iter().find(|&position| position < u64::MAX))
}

/// The checksum of Ogg: a CRC of 32 bits that goes from the top, begins with
/// zero and is not inverted.
fn checksum(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0x04C1_1DB7;
    bytes.iter().fold(0, |sum: u32, &byte| {
        (0..8).fold(sum ^ u32::from(byte) << 24, |sum, _| {
            let carry = sum >> 31;
            (sum << 1) ^ (carry * POLYNOMIAL)
        })
    })
}

/// Two seconds of Opus, without comments.
#[cfg(test)]
pub fn sample() -> Vec<u8> {
    tests::opus(b"OpusTags\0\0\0\0\0\0\0\0")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn page(flags: u8, position: u64, number: u32, packets: &[&[u8]]) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(position.to_le_bytes());
        page.extend(7_u32.to_le_bytes());
        page.extend(number.to_le_bytes());
        page.extend([0; 4]);
        let mut table = Vec::new();
        for packet in packets {
            table.extend(vec![u8::MAX; packet.len() / 255]);
            table.push(u8::try_from(packet.len() % 255).unwrap());
        }
        page.push(u8::try_from(table.len()).unwrap());
        page.extend(table);
        page.extend(packets.concat());
        let sum = checksum(&page);
        page[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&sum.to_le_bytes());
        page
    }

    pub fn opus(comments: &[u8]) -> Vec<u8> {
        let head = b"OpusHead\x01\x01\x38\x01\x80\xBB\0\0\0\0\0";
        let pages = [page(2, 0, 0, &[head]), page(0, 0, 1, &[comments]), page(4, 96_312, 2, &[&[1; 600]])];
        pages.concat()
    }

    #[test]
    fn comments_are_emptied_and_the_sound_stays() {
        let file =
            opus(&[&b"OpusTags\x04\0\0\0mine\x01\0\0\0\x09\0\0\0HOME=here"[..], &[b'!'; 700]].concat());
        let (tracks, cleaning) = survey(&mut Cursor::new(&file), file.len() as u64).unwrap();
        assert_eq!(tracks.duration.unwrap().as_secs(), 2);

        let mut clean = file.clone();
        for Patch { at, bytes, .. } in &cleaning.patches {
            let at = usize::try_from(*at).unwrap();
            clean[at..at + bytes.len()].copy_from_slice(bytes);
        }
        assert!(!clean.windows(4).any(|part| part == b"HOME" || part == b"mine" || part == b"!!!!"));
        assert_eq!(clean.len(), file.len());
        let (again, _) = survey(&mut Cursor::new(&clean), clean.len() as u64).unwrap();
        assert_eq!(again, tracks);
        let comments = Page::read(&mut Cursor::new(&clean), 47).unwrap();
        let sum = comments.bytes[CHECKSUM_AT..CHECKSUM_AT + 4].to_vec();
        let mut zeroed = comments.bytes.clone();
        zeroed[CHECKSUM_AT..CHECKSUM_AT + 4].fill(0);
        assert_eq!(checksum(&zeroed).to_le_bytes().to_vec(), sum);
    }

    #[test]
    fn a_file_without_comments_is_damaged() {
        let file = opus(b"OpusTaxes, and some more");
        assert!(survey(&mut Cursor::new(&file), file.len() as u64).is_err());
        let file = &opus(b"OpusTags\0\0\0\0\0\0\0\0")[..60];
        assert!(survey(&mut Cursor::new(file), 60).is_err());
    }
}
