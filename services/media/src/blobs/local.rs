//! Blobs in files of this machine, each named by what its bytes hash to.
//!
//! ```text
//! <folder>/blobs/ba/ba7816bf…    a blob; nobody ever writes to it
//! <folder>/incoming/…            what is being copied; nothing there is kept
//! ```
//!
//! # Invariants
//!
//! * A name is made of a [`BlobKey`] and of nothing else, so no file lies elsewhere.
//! * A blob gets its name when its bytes are synced, and `put` returns when its
//!   name is.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{BlobError, BlobStore, ByteStream, PIECE_BYTES_MAX};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// How many hexadecimal digits of a key name the folder of its blob: two, so
/// that a million blobs are four thousand in each.
const FOLDER_DIGITS: usize = 2;

/// How many files are synced at once. Of more, the disk takes hardly more bytes a
/// second, and whoever else waits for it, such as the database, waits behind them all.
const SYNCS_MAX: usize = 4;

/// Keeps blobs in a folder of this machine.
#[derive(Clone, Debug)]
pub struct LocalStore {
    blobs: PathBuf,
    incoming: PathBuf,
    syncing: Arc<Semaphore>,
}

impl LocalStore {
    /// Opens the store in `folder`, and makes what is missing there.
    ///
    /// What a crash left half copied is removed.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let (blobs, incoming) = (folder.join("blobs"), folder.join("incoming"));
        let store = Self { blobs, incoming, syncing: Arc::new(Semaphore::new(SYNCS_MAX)) };
        fs::create_dir_all(&store.blobs)?;
        fs::create_dir_all(&store.incoming)?;
        for left in fs::read_dir(&store.incoming)? {
            let left = left?.path();
            match fs::remove_file(&left) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        sync_folder(folder)?;
        Ok(store)
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        let name = key.to_string();
        self.blobs.join(&name[..FOLDER_DIGITS]).join(name)
    }

    fn put_now(&self, file: &SpooledFile) -> io::Result<()> {
        let path = self.path(&file.key);
        let folder = self.folder_of(&path)?;
        if !path.exists() {
            self.give_name(file, &path)?;
        }
        // Also for a blob that was there: whoever put it may not have come this far.
        sync_folder(&folder)
    }

    /// The folder that `path` is in, which is there from now on.
    fn folder_of(&self, path: &Path) -> io::Result<PathBuf> {
        let folder = path.parent().unwrap_or(&self.blobs).to_owned();
        match fs::create_dir(&folder) {
            Ok(()) => sync_folder(&self.blobs)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(folder)
    }

    fn give_name(&self, file: &SpooledFile, path: &Path) -> io::Result<()> {
        let from = File::open(&file.path)?;
        if from.metadata()?.len() != file.size {
            return Err(io::Error::new(ErrorKind::InvalidData, "the file has changed its size"));
        }
        from.sync_all()?;
        match fs::hard_link(&file.path, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            // It lies in another file system, or in one without links.
            Err(_) => self.copy(from, file, path),
            Ok(()) => Ok(()),
        }
    }

    fn copy(&self, mut from: File, file: &SpooledFile, path: &Path) -> io::Result<()> {
        let mut copy = NamedTempFile::new_in(&self.incoming)?;
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; PIECE_BYTES_MAX];
        loop {
            let read = from.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            hasher.update(&chunk[..read]);
            io::Write::write_all(&mut copy, &chunk[..read])?;
        }
        if BlobKey::finish(hasher) != file.key {
            return Err(io::Error::new(ErrorKind::InvalidData, "the file is not what it was"));
        }
        copy.as_file().sync_all()?;
        copy.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn list_now(&self, after: Option<&BlobKey>, limit: usize) -> io::Result<Vec<BlobKey>> {
        let mut keys = Vec::new();
        let first = after.map_or(0, |after| after.as_bytes()[0]);
        for byte in first..=u8::MAX {
            if keys.len() >= limit {
                break;
            }
            let mut here = keys_in(&self.blobs.join(hex::encode([byte])))?;
            here.retain(|key| after.is_none_or(|after| key > after));
            here.sort_unstable();
            keys.extend(here.into_iter().take(limit - keys.len()));
        }
        Ok(keys)
    }
}

#[async_trait]
impl BlobStore for LocalStore {
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError> {
        let task = "keep a blob";
        let turn = self.syncing.clone().acquire_owned().await;
        let turn = turn.map_err(|error| BlobError::Unavailable { task, source: error.into() })?;
        let (store, file) = (self.clone(), file.clone());
        // Also when nobody waits for it any more, the turn lasts as long as the work.
        on_disk(task, move || {
            let _turn = turn;
            store.put_now(&file)
        })
        .await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let path = self.path(key);
        on_disk("find a blob", move || if_there(fs::metadata(path).map(|known| known.len()))).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let path = self.path(key);
        let start = range.start;
        let opened = on_disk(READING, move || {
            if_there(File::open(path).and_then(|mut file| file.seek(SeekFrom::Start(start)).map(|_| file)))
        });
        let file = opened.await?.ok_or(BlobError::Missing { key: *key })?;
        let left = range.end.saturating_sub(range.start);
        Ok(Box::pin(stream::try_unfold((file, left), next_chunk)))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let path = self.path(key);
        on_disk("erase a blob", move || {
            let erased = if_there(fs::remove_file(&path))?;
            // What was erased is not to be back after a power failure.
            match path.parent().filter(|_| erased.is_some()) {
                Some(folder) => sync_folder(folder),
                None => Ok(()),
            }
        })
        .await
    }

    async fn list(&self, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobKey>, BlobError> {
        let (store, after) = (self.clone(), after.copied());
        on_disk("list blobs", move || store.list_now(after.as_ref(), limit)).await
    }
}

const READING: &str = "read a blob";

async fn next_chunk((mut file, left): (File, u64)) -> Result<Option<(Bytes, (File, u64))>, BlobError> {
    if left == 0 {
        return Ok(None);
    }
    let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES_MAX);
    let read = on_disk(READING, move || {
        let mut chunk = Vec::with_capacity(wanted);
        (&mut file).take(wanted as u64).read_to_end(&mut chunk)?;
        Ok((file, chunk))
    });
    let (file, chunk) = read.await?;
    if chunk.len() < wanted {
        let detail = "a blob is shorter than it was".to_owned();
        return Err(BlobError::Corrupt { task: READING, detail });
    }
    Ok(Some((Bytes::from(chunk), (file, left - wanted as u64))))
}

/// Works on files where it delays nobody.
async fn on_disk<T: Send + 'static>(
    task: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    let done = spawn_blocking(work).await.map_err(io::Error::from).flatten();
    done.map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            BlobError::Full { task, source: error.into() }
        }
        ErrorKind::InvalidData => BlobError::Corrupt { task, detail: error.to_string() },
        _ => BlobError::Unavailable { task, source: error.into() },
    })
}

/// Makes a value of "there is no such file".
fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The keys of the blobs in `folder`. What else lies there is none of ours.
fn keys_in(folder: &Path) -> io::Result<Vec<BlobKey>> {
    let Some(entries) = if_there(fs::read_dir(folder))? else { return Ok(Vec::new()) };
    let mut keys = Vec::new();
    for entry in entries {
        keys.extend(entry?.file_name().to_str().and_then(|name| name.parse::<BlobKey>().ok()));
    }
    Ok(keys)
}

/// Makes names in `folder` as durable as the bytes they stand for.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
