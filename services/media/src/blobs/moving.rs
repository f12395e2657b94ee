//! Copies all blobs from one store to another.
//!
//! # Invariants
//!
//! * What is copied is what its key says: bytes that hash to something else are
//!   left where they are, and said.
//! * It can be broken off and begun again at any time: what is there is not copied again.
//! * Nothing is erased.

use std::io;
use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::{BlobError, BlobStore};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// How many keys are listed at once.
const PAGE_KEYS: usize = 1_000;
/// How many blobs are under way at once: stores elsewhere answer slowly.
const BLOBS_AT_ONCE: usize = 4;

/// How far the move has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many blobs have been copied.
    pub copied: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many were there already.
    pub there: u64,
    /// Those that are not what they should be, and were not copied: the first of them.
    pub damaged: Vec<BlobKey>,
    /// How many of those there are.
    pub damaged_count: u64,
    /// How much of all is done, of a thousand. Nobody has to count for it: keys are
    /// hashes, spread evenly, and come in their order.
    pub per_mille: u32,
}

/// All of it.
pub const PER_MILLE_MAX: u32 = 1_000;

/// How many damaged blobs are named.
const NAMED_MAX: usize = 100;

/// Why the move has stopped. What was copied stays copied.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the stores failed.
    #[error(transparent)]
    Store(#[from] BlobError),
    /// The folder for what is under way cannot be used.
    #[error("the folder for temporary files cannot be used")]
    Spool(#[from] io::Error),
}

enum Copied {
    Bytes(u64),
    There,
    Damaged(BlobKey),
}

/// Copies every blob of `from` that `to` lacks, by way of files in `spool`, and
/// tells `watcher` how far it has come after each, and at the end.
///
/// # Errors
///
/// If a store fails. Trying again goes on where it stopped.
pub async fn copy_all(
    from: &dyn BlobStore,
    to: &dyn BlobStore,
    spool: &Path,
    mut watcher: impl FnMut(&Progress),
) -> Result<Progress, MoveError> {
    let mut progress = Progress::default();
    let mut after = None;
    loop {
        let keys = from.list(after.as_ref(), PAGE_KEYS).await?;
        let Some(last) = keys.last().copied() else {
            progress.per_mille = PER_MILLE_MAX;
            watcher(&progress);
            return Ok(progress);
        };
        let copies = stream::iter(keys).map(|key| async move {
            let copied = copy(from, to, spool, key).await?;
            Ok::<_, MoveError>((key, copied))
        });
        let mut copies = copies.buffer_unordered(BLOBS_AT_ONCE);
        while let Some((key, copied)) = copies.try_next().await? {
            progress.add(copied);
            progress.per_mille = progress.per_mille.max(place_of(&key));
            watcher(&progress);
        }
        after = Some(last);
    }
}

impl Progress {
    fn add(&mut self, copied: Copied) {
        match copied {
            Copied::Bytes(bytes) => {
                self.copied += 1;
                self.bytes += bytes;
            }
            Copied::There => self.there += 1,
            Copied::Damaged(key) => {
                self.damaged_count += 1;
                if self.damaged.len() < NAMED_MAX {
                    self.damaged.push(key);
                }
            }
        }
    }
}

/// Where a key is among all there could be, of a thousand.
fn place_of(key: &BlobKey) -> u32 {
    let [first, second, ..] = *key.as_bytes();
    (u32::from(u16::from_be_bytes([first, second])) * PER_MILLE_MAX) >> 16
}

async fn copy(
    from: &dyn BlobStore,
    to: &dyn BlobStore,
    spool: &Path,
    key: BlobKey,
) -> Result<Copied, MoveError> {
    // It may have been erased since it was listed: then there is nothing to do.
    let Some(size) = from.size(&key).await? else { return Ok(Copied::There) };
    if to.size(&key).await? == Some(size) {
        return Ok(Copied::There);
    }
    let file = NamedTempFile::new_in(spool)?;
    let mut writer = File::from_std(file.reopen()?);
    let mut hasher = Sha256::new();
    let mut pieces = from.read(&key, 0..size).await?;
    while let Some(piece) = pieces.next().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(BlobError::Corrupt { .. }) => return Ok(Copied::Damaged(key)),
            Err(error) => return Err(error.into()),
        };
        hasher.update(&piece);
        writer.write_all(&piece).await?;
    }
    writer.flush().await?;
    if BlobKey::finish(hasher) != key {
        return Ok(Copied::Damaged(key));
    }
    to.put(&SpooledFile { path: file.path().to_owned(), size, key }).await?;
    Ok(Copied::Bytes(size))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::blobs::LocalStore;

    async fn put(store: &LocalStore, folder: &Path, bytes: &[u8]) -> BlobKey {
        let (path, key) = (folder.join("spooled"), BlobKey::of(bytes));
        fs::write(&path, bytes).unwrap();
        store.put(&SpooledFile { path: path.clone(), size: bytes.len() as u64, key }).await.unwrap();
        fs::remove_file(path).unwrap();
        key
    }

    #[tokio::test]
    async fn everything_is_copied_once_and_what_is_damaged_is_named() {
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let [one, two, spool] = &folders;
        let (from, to) = (LocalStore::open(one.path()).unwrap(), LocalStore::open(two.path()).unwrap());
        let mut keys = Vec::new();
        for number in 0_u32..50 {
            keys.push(put(&from, spool.path(), &number.to_be_bytes()).await);
        }
        put(&to, spool.path(), &7_u32.to_be_bytes()).await;
        let name = keys[9].to_string();
        fs::write(one.path().join("blobs").join(&name[..2]).join(&name), b"lost").unwrap();

        let mut seen = Vec::new();
        let progress = copy_all(&from, &to, spool.path(), |now| seen.push(now.per_mille)).await.unwrap();
        // Of keys that are spread evenly, half are done when half is.
        assert!(seen.is_sorted() && (350..650).contains(&seen[25]), "{seen:?}");
        assert_eq!((seen.len(), seen.last()), (51, Some(&1_000)));
        let expected = Progress {
            copied: 48,
            bytes: 48 * 4,
            there: 1,
            damaged: vec![keys[9]],
            damaged_count: 1,
            per_mille: 1_000,
        };
        assert_eq!(progress, expected);
        assert_eq!(to.list(None, 100).await.unwrap().len(), 49);

        let again = copy_all(&from, &to, spool.path(), |_| {}).await.unwrap();
        assert_eq!((again.copied, again.there, again.damaged_count), (0, 49, 1));
        assert_eq!(fs::read_dir(spool.path()).unwrap().count(), 0, "something is left in the spool");
    }
}
