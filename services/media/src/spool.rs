//! Files that are not kept yet: what is being uploaded.
//!
//! # Invariants
//!
//! * A file has the id of its upload for a name: nothing that a client says is
//!   part of a path.
//! * Of one upload, one writes at a time, of all processes that share the folder.

use std::collections::HashSet;
use std::fs::TryLockError;
use std::io::SeekFrom;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use bytes::Bytes;
use confab_core::MediaId;
use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter};

use crate::domain::BlobKey;

/// What is read at once to be hashed, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;
/// Until so much has come, in bytes, nothing is written. Pieces that are larger, as those of the gateway, go past this
/// buffer, which each upload has for itself.
const TOGETHER_BYTES: usize = 32 * 1024;
/// Uploads are nobody's business but ours.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// A file on the disk of this process that is complete, with what is known of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpooledFile {
    /// Where it lies.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    /// What they hash to.
    pub key: BlobKey,
}

/// The folder in which uploads lie until they are kept. Clones are one and the same.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
    open: Arc<Mutex<HashSet<MediaId>>>,
}

/// Why nothing can be written to an upload.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Somebody else writes to it.
    #[error("somebody else writes to this upload")]
    Busy,
    /// The disk failed, or is full.
    #[error("the spool cannot be used")]
    Disk(#[from] io::Error),
}

impl Spool {
    /// Uploads in `folder`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
        Ok(Self { folder: folder.to_owned(), open: Arc::default() })
    }

    /// Begins the file of the upload `id`.
    ///
    /// # Errors
    ///
    /// If somebody else has it open, or there is one.
    pub async fn create(&self, id: MediaId) -> Result<Writer, SpoolError> {
        let mut turn = self.take(id)?;
        let options = new_file();
        let file = turn.lock(options.open(self.path(id)).await?).await?;
        Ok(Writer::new(turn, self.path(id), file, 0))
    }

    /// Goes on with the file of the upload `id`, which has at least `received`
    /// bytes; what is behind them was never acknowledged, and goes.
    ///
    /// # Errors
    ///
    /// If somebody else has it open, or it is shorter.
    pub async fn resume(&self, id: MediaId, received: u64) -> Result<Writer, SpoolError> {
        let mut turn = self.take(id)?;
        let mut file = turn.lock(OpenOptions::new().write(true).open(self.path(id)).await?).await?;
        if file.metadata().await?.len() < received {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a spooled file has lost bytes").into());
        }
        file.set_len(received).await?;
        file.seek(SeekFrom::Start(received)).await?;
        Ok(Writer::new(turn, self.path(id), file, received))
    }

    /// Reads all of an upload that came piece by piece, to know what it hashes to.
    /// The turn keeps others from writing to it.
    ///
    /// # Errors
    ///
    /// If somebody else has it open, or it cannot be read.
    pub async fn seal(&self, id: MediaId, size: u64) -> Result<(Turn, SpooledFile), SpoolError> {
        let mut turn = self.take(id)?;
        let path = self.path(id);
        let mut file = turn.lock(File::open(&path).await?).await?.take(size);
        let (mut hasher, mut buffer, mut read) = (Sha256::new(), vec![0; BUFFER_BYTES], 0);
        loop {
            let count = file.read(&mut buffer).await?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            read += count as u64;
        }
        if read != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a spooled file has lost bytes").into());
        }
        Ok((turn, SpooledFile { path, size, key: BlobKey::finish(hasher) }))
    }

    /// Removes the file of the upload `id`. That there is none is no error.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn remove(&self, id: MediaId) -> io::Result<()> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps everybody from the file of the upload `id`.
    ///
    /// # Errors
    ///
    /// If somebody has it open, also in another process, or it is not there.
    pub async fn hold(&self, id: MediaId) -> Result<Turn, SpoolError> {
        let mut turn = self.take(id)?;
        turn.lock(File::open(self.path(id)).await?).await?;
        Ok(turn)
    }

    /// The uploads of which there is a file that nobody in this process has open.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub async fn idle(&self) -> io::Result<Vec<MediaId>> {
        let (mut entries, mut idle) = (tokio::fs::read_dir(&self.folder).await?, Vec::new());
        while let Some(entry) = entries.next_entry().await? {
            let id: Option<MediaId> = entry.file_name().to_str().and_then(|name| name.parse().ok());
            idle.extend(id.filter(|id| !self.is_open(*id)));
        }
        Ok(idle)
    }

    fn path(&self, id: MediaId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn is_open(&self, id: MediaId) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn take(&self, id: MediaId) -> Result<Turn, SpoolError> {
        let is_free = self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        if is_free { Ok(Turn { id, open: self.open.clone(), lock: None }) } else { Err(SpoolError::Busy) }
    }
}

fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(FILE_MODE);
    options
}

/// That nobody else writes to an upload, for as long as this is kept.
#[derive(Debug)]
pub struct Turn {
    id: MediaId,
    open: Arc<Mutex<HashSet<MediaId>>>,
    /// Keeps other processes away that have the same folder. A crash lets go of it.
    lock: Option<fs::File>,
}

impl Turn {
    /// Locks `file`, for as long as this is kept.
    async fn lock(&mut self, file: File) -> Result<File, SpoolError> {
        let file = file.into_std().await;
        let lock = file.try_clone()?;
        match lock.try_lock() {
            Ok(()) => self.lock = Some(lock),
            Err(TryLockError::WouldBlock) => return Err(SpoolError::Busy),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(File::from_std(file))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Writes to the file of an upload.
#[derive(Debug)]
pub struct Writer {
    turn: Turn,
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Sha256,
    size: u64,
}

impl Writer {
    fn new(turn: Turn, path: PathBuf, file: File, size: u64) -> Self {
        let file = BufWriter::with_capacity(TOGETHER_BYTES, file);
        Self { turn, path, file, hasher: Sha256::new(), size }
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds `bytes`. They are durable after [`Writer::sync`], or when the file is kept.
    ///
    /// # Errors
    ///
    /// If the disk fails, or is full.
    pub async fn write(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Makes all that was written durable.
    ///
    /// # Errors
    ///
    /// If the disk fails, or is full.
    pub async fn sync(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.get_ref().sync_data().await?;
        // The name of a new file is durable with its folder.
        match self.path.parent() {
            Some(folder) => File::open(folder).await?.sync_all().await,
            None => Ok(()),
        }
    }

    /// Ends a file that was written in one go. The turn keeps others from
    /// writing to it.
    ///
    /// # Errors
    ///
    /// If the disk fails, or is full.
    pub async fn finish(mut self) -> io::Result<(Turn, SpooledFile)> {
        self.file.flush().await?;
        let file = SpooledFile { path: self.path, size: self.size, key: BlobKey::finish(self.hasher) };
        Ok((self.turn, file))
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    fn id() -> MediaId {
        MediaId::new(Timestamp::from_millis(0))
    }

    fn spool() -> (tempfile::TempDir, Spool) {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&folder.path().join("spool")).unwrap();
        (folder, spool)
    }

    #[tokio::test]
    async fn what_comes_in_pieces_hashes_to_the_same_as_in_one_go() {
        let (_folder, spool) = spool();
        let (one, other) = (id(), id());
        let mut whole = spool.create(one).await.unwrap();
        whole.write(&Bytes::from_static(b"abcdef")).await.unwrap();
        let (_turn, whole) = whole.finish().await.unwrap();

        let mut first = spool.create(other).await.unwrap();
        first.write(&Bytes::from_static(b"abcXX")).await.unwrap();
        first.sync().await.unwrap();
        drop(first);
        let mut second = spool.resume(other, 3).await.unwrap();
        second.write(&Bytes::from_static(b"def")).await.unwrap();
        second.sync().await.unwrap();
        drop(second);
        let (_turn, sealed) = spool.seal(other, 6).await.unwrap();
        assert_eq!((sealed.key, sealed.size), (whole.key, whole.size));
        assert_eq!(whole.key, BlobKey::of(b"abcdef"));
    }

    #[tokio::test]
    async fn one_writes_at_a_time() {
        let (_folder, spool) = spool();
        let id = id();
        let writer = spool.create(id).await.unwrap();
        assert!(matches!(spool.resume(id, 0).await, Err(SpoolError::Busy)));
        assert!(matches!(spool.seal(id, 0).await, Err(SpoolError::Busy)));
        assert_eq!(spool.idle().await.unwrap(), []);
        // Another process knows nothing of ours, and finds the file.
        let other = Spool::open(&spool.folder).unwrap();
        assert_eq!(other.idle().await.unwrap(), [id]);
        assert!(matches!(other.hold(id).await, Err(SpoolError::Busy)));
        assert!(matches!(other.resume(id, 0).await, Err(SpoolError::Busy)));
        drop(writer);
        assert_eq!(spool.idle().await.unwrap(), [id]);
        let held = other.hold(id).await.unwrap();
        assert!(matches!(spool.resume(id, 0).await, Err(SpoolError::Busy)));
        drop(held);
        spool.resume(id, 0).await.unwrap();
        for _ in 0..2 {
            spool.remove(id).await.unwrap();
            assert_eq!(spool.idle().await.unwrap(), []);
        }
    }

    #[tokio::test]
    async fn bytes_that_are_not_there_are_missed() {
        let (_folder, spool) = spool();
        let id = id();
        spool.create(id).await.unwrap().sync().await.unwrap();
        assert!(matches!(spool.resume(id, 1).await, Err(SpoolError::Disk(_))));
        assert!(matches!(spool.seal(id, 1).await, Err(SpoolError::Disk(_))));
    }
}
