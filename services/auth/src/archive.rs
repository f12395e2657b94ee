//! A zip file that is read while it is made.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, StreamWriter};

/// The most bytes in one piece of it. The contract names it too.
pub const PIECE_BYTES_MAX: usize = 256 * 1024;
/// How many bytes are worth being handed on.
const PIECE_BYTES_MIN: usize = 32 * 1024;

/// A zip file to which files are added one after the other. What was made is
/// handed on, and not kept.
pub struct Archive {
    zip: ZipWriter<StreamWriter<Made>>,
    made: Made,
}

/// What was made and not handed on yet.
#[derive(Clone, Default)]
struct Made(Arc<Mutex<Vec<u8>>>);

impl Archive {
    /// An empty one.
    pub fn new() -> Self {
        let made = Made::default();
        Self { zip: ZipWriter::new_stream(made.clone()), made }
    }

    /// Begins the file `name`, and ends the one before.
    ///
    /// # Errors
    ///
    /// If there is one with this name.
    pub fn begin(&mut self, name: &str) -> ZipResult<()> {
        self.zip.start_file(name, SimpleFileOptions::default().large_file(true))
    }

    /// Adds `bytes` to the file that was begun.
    ///
    /// # Errors
    ///
    /// If none was.
    pub fn add(&mut self, bytes: &[u8]) -> ZipResult<()> {
        Ok(self.zip.write_all(bytes)?)
    }

    /// What was made since the last time, in pieces, if that is worth it.
    pub fn pieces(&mut self) -> Vec<Vec<u8>> {
        let mut made = self.made.lock();
        if made.len() < PIECE_BYTES_MIN { Vec::new() } else { cut(&std::mem::take(&mut *made)) }
    }

    /// Ends it, and returns the last of its pieces.
    ///
    /// # Errors
    ///
    /// If it cannot be ended.
    pub fn finish(self) -> ZipResult<Vec<Vec<u8>>> {
        self.zip.finish()?;
        Ok(cut(&self.made.lock()))
    }
}

fn cut(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.chunks(PIECE_BYTES_MAX).map(<[u8]>::to_vec).collect()
}

impl Made {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn what_was_put_in_comes_out_and_nothing_is_kept_meanwhile() {
        // What does not get smaller: SHA-256 of numbers.
        let noise = |part: u32| -> Vec<u8> {
            use sha2::{Digest, Sha256};
            (0..4_096_u32).flat_map(|n| Sha256::digest((part * 4_096 + n).to_be_bytes())).collect()
        };
        let (mut archive, mut pieces) = (Archive::new(), Vec::new());
        archive.begin("a.jsonl").unwrap();
        archive.add(b"{}\n").unwrap();
        assert!(archive.pieces().is_empty(), "too little to be worth it");
        archive.begin("noise").unwrap();
        for part in 0..8 {
            archive.add(&noise(part)).unwrap();
            pieces.extend(archive.pieces());
            assert!(archive.made.lock().len() < PIECE_BYTES_MIN);
        }
        assert!(archive.begin("noise").is_err());
        pieces.extend(archive.finish().unwrap());
        assert!(pieces.iter().all(|piece| (1..=PIECE_BYTES_MAX).contains(&piece.len())));

        let mut read = zip::ZipArchive::new(Cursor::new(pieces.concat())).unwrap();
        let mut file = |name: &str| {
            let mut bytes = Vec::new();
            read.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(file("a.jsonl"), b"{}\n");
        assert!(file("noise") == (0..8).flat_map(noise).collect::<Vec<u8>>());
    }
}
