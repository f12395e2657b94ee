//! Pictures through a real worker process: what they are, what becomes of them, and what they cannot do.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its pictures has failed")]

mod bombs;
mod crafted;
mod looks;
mod metadata;
mod polyglots;
mod workers;

use std::fs;

use confab_media::domain::BlobKey;
use confab_media::intake::{Examined, Intake, Refused, Rendition, WorkerCommand, Workers};
use confab_media::spool::SpooledFile;
use tempfile::TempDir;

/// An intake with a folder of its own.
struct Desk {
    intake: Intake,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::with_worker(env!("CARGO_BIN_EXE_confab-media-worker"), &[])
    }

    /// One that starts `program` where others start a worker.
    fn with_worker(program: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments.iter().map(Into::into).collect();
        let workers = Workers::new(WorkerCommand { program: program.into(), arguments });
        Self { intake: Intake::new(folder.path().to_owned(), workers), folder }
    }

    async fn examine(&self, bytes: &[u8]) -> Result<Examined, Refused> {
        let key = BlobKey::of(bytes);
        let path = self.folder.path().join(key.to_string());
        fs::write(&path, bytes).unwrap();
        self.intake.examine(&SpooledFile { path, size: bytes.len() as u64, key }).await
    }

    /// Whether nothing is left of what was refused.
    fn is_clean(&self) -> bool {
        let mut entries = fs::read_dir(&self.folder).unwrap();
        entries.all(|entry| entry.unwrap().path().is_file())
    }
}

/// Every form of what was examined.
fn renditions(examined: &Examined) -> Vec<(&Rendition, Vec<u8>)> {
    let thumbnails = examined.thumbnails.iter().map(|(_, rendition)| rendition);
    let all = std::iter::once(&examined.original).chain(thumbnails);
    all.map(|rendition| (rendition, bytes_of(rendition))).collect()
}

fn bytes_of(rendition: &Rendition) -> Vec<u8> {
    let bytes = fs::read(&rendition.file.path).unwrap();
    assert_eq!(rendition.file.key, BlobKey::of(&bytes));
    assert_eq!(rendition.file.size, bytes.len() as u64);
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
