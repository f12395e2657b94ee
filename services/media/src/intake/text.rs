//! Whether a file is plain text.

use std::io::{self, Read};
use std::str;

/// How much is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Tells whether all of `file`, from where it stands, is UTF-8 without control
/// characters other than those that break lines, pages and columns.
///
/// # Errors
///
/// If `file` cannot be read.
pub fn is_plain(file: &mut impl Read) -> io::Result<bool> {
    let mut chunk = vec![0; CHUNK_BYTES];
    // The first bytes of a character whose others are in the next chunk.
    let mut kept = 0;
    loop {
        let read = match file.read(&mut chunk[kept..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 {
            return Ok(kept == 0);
        }
        let filled = &chunk[..kept + read];
        let whole = match str::from_utf8(filled) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        if filled[..whole].iter().any(|&byte| is_control(byte)) {
            return Ok(false);
        }
        let end = kept + read;
        chunk.copy_within(whole..end, 0);
        kept = end - whole;
    }
}

fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0C') || byte == 0x7F
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_may_stand_where_two_chunks_meet() {
        let mut text = "x".repeat(CHUNK_BYTES - 1);
        text.push_str("ü and more");
        assert!(is_plain(&mut text.as_bytes()).unwrap());
    }

    #[test]
    fn half_a_character_at_the_end_is_no_text() {
        assert!(!is_plain(&mut &b"gr\xC3"[..]).unwrap());
    }

    #[test]
    fn a_control_character_anywhere_is_no_text() {
        let mut text = "x".repeat(3 * CHUNK_BYTES);
        text.push('\0');
        assert!(!is_plain(&mut text.as_bytes()).unwrap());
    }
}
