//! How many MiB a second can be written into new files, each synced: what any store of files on this disk is held against.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;

use crate::measure::to_float;
use crate::parcel::{PARCEL_BYTES, Parcels};
use crate::random::Random;

const BYTES_PER_MIB: f64 = 1_024.0 * 1_024.0;

/// Lets `threads` write files beside `program` for `length`, and returns how many MiB there were in a second.
///
/// # Errors
///
/// If the disk fails, or is full.
pub fn rate(program: &Path, threads: usize, length: Duration) -> Result<f64> {
    let place = program.parent().context("the program lies in no folder")?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place);
    let folder = folder.context("cannot make a folder for data")?;
    let parcels = Parcels::new(&mut Random::from_seed(1));
    let begin = Instant::now();
    let files = thread::scope(|scope| {
        let write = |number: usize| {
            let (folder, parcels) = (folder.path(), &parcels);
            scope.spawn(move || write_until(folder, number as u64, parcels, begin + length))
        };
        let writing: Vec<_> = (0..threads).map(write).collect();
        let each = writing.into_iter().map(|thread| thread.join().ok().context("a thread failed")?);
        each.sum::<Result<u64>>()
    })?;
    Ok(to_float(files * PARCEL_BYTES as u64) / BYTES_PER_MIB / begin.elapsed().as_secs_f64())
}

fn write_until(folder: &Path, thread: u64, parcels: &Parcels, end: Instant) -> Result<u64> {
    let mut count = 0;
    while Instant::now() < end {
        write(&folder.join(format!("{thread}-{count}")), &parcels.pieces(count))
            .context("cannot write a file")?;
        count += 1;
    }
    Ok(count)
}

/// A new file, of which both the bytes and the name are durable.
fn write(path: &Path, pieces: &[Bytes]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    for piece in pieces {
        file.write_all(piece)?;
    }
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(rate(&folder.path().join("confab"), 2, Duration::from_millis(10)).unwrap() > 0.0);
    }
}
