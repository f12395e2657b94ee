//! Files that are cheap to make, and to tell from one another: each has a head of its own, and all have the same rest.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};

use crate::random::Random;

/// How long a file is, in bytes.
pub const PARCEL_BYTES: usize = 1_024 * 1_024;
/// How long the head of its own is.
const HEAD_BYTES: usize = 64;
/// What an archive begins with: such a file is kept as it comes, and nobody looks into it.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// As many files as there are numbers. Clones make the same.
#[derive(Clone, Debug)]
pub struct Parcels {
    rest: Bytes,
    series: u64,
}

impl Parcels {
    /// Files that nobody else makes.
    #[must_use]
    pub fn new(random: &mut Random) -> Self {
        let mut rest = BytesMut::with_capacity(PARCEL_BYTES);
        while rest.len() < PARCEL_BYTES - HEAD_BYTES {
            rest.put_u64(random.number());
        }
        rest.truncate(PARCEL_BYTES - HEAD_BYTES);
        Self { rest: rest.freeze(), series: random.number() }
    }

    /// The file of that `number`, in two pieces, of which only the first is made for it.
    #[must_use]
    pub fn pieces(&self, number: u64) -> [Bytes; 2] {
        let mut head = BytesMut::zeroed(HEAD_BYTES);
        let mut numbers = ARCHIVE.to_vec();
        numbers.put_u64(self.series);
        numbers.put_u64(number);
        head[..numbers.len()].copy_from_slice(&numbers);
        [head.freeze(), self.rest.clone()]
    }

    /// Compares what comes with the file of that `number`.
    #[must_use]
    pub fn compare(&self, number: u64) -> Comparison {
        Comparison { expected: Arc::new(self.pieces(number)), seen: 0 }
    }
}

/// Compares a file, piece by piece as it comes, with what it is to be.
#[derive(Clone, Debug)]
pub struct Comparison {
    expected: Arc<[Bytes; 2]>,
    seen: usize,
}

impl Comparison {
    /// Takes the next `bytes`, and says whether they are those that were to come.
    pub fn take(&mut self, mut bytes: &[u8]) -> bool {
        let [head, rest] = &*self.expected;
        while !bytes.is_empty() {
            let due = match head.get(self.seen..) {
                Some(due) if !due.is_empty() => due,
                _ => rest.get(self.seen - head.len()..).unwrap_or_default(),
            };
            let length = bytes.len().min(due.len());
            if length == 0 || bytes[..length] != due[..length] {
                return false;
            }
            (bytes, self.seen) = (&bytes[length..], self.seen + length);
        }
        true
    }

    /// Whether all of it has come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.seen == PARCEL_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcels() -> Parcels {
        Parcels::new(&mut Random::from_seed(1))
    }

    #[test]
    fn a_file_is_itself_however_it_comes() {
        let parcels = parcels();
        let whole = parcels.pieces(7).concat();
        assert_eq!(whole.len(), PARCEL_BYTES);
        for length in [1_000, 64, 65, PARCEL_BYTES] {
            let mut comparison = parcels.compare(7);
            for piece in whole.chunks(length) {
                assert!(!comparison.is_whole());
                assert!(comparison.take(piece));
            }
            assert!(comparison.is_whole());
            assert!(!comparison.take(b"x"), "there is no more");
        }
    }

    #[test]
    fn no_file_is_another() {
        let parcels = parcels();
        let other = parcels.pieces(8).concat();
        assert!(!parcels.compare(7).take(&other));
        let mut changed = parcels.pieces(7).concat();
        changed[PARCEL_BYTES - 1] ^= 1;
        assert!(!parcels.compare(7).take(&changed));
    }
}
