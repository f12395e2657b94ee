//! Where the media service keeps pictures and files.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use confab_core::SystemClock;
use confab_media::blobs::BlobStore;
use confab_media::intake::{Intake, WorkerCommand, Workers};
use confab_media::spool::Spool;
use confab_media::{Finding, Stores};

use crate::cli::MediaCommand;
use crate::config::Settings;
use crate::moving;
use crate::roles::Whereabouts;
use crate::secrets;

/// The hidden command that decodes one picture.
pub const WORKER: &str = "decode-picture";

/// What of the media service lies in files.
pub struct Files {
    /// The bytes of files.
    pub blobs: Arc<dyn BlobStore>,
    /// What is on its way.
    pub spool: Spool,
    /// What finds out what files are.
    pub intake: Intake,
}

impl Files {
    /// Opens, or makes, the folders.
    ///
    /// # Errors
    ///
    /// If they cannot be used, or this program does not know where it lies itself.
    pub fn open(settings: &Settings) -> anyhow::Result<Self> {
        let folder = settings.data.join("media");
        let cannot_use = || format!("cannot use {}", folder.display());
        let secrets = secrets::of_blobs(&settings.blobs)?;
        let (kind, clock) = (settings.blobs.media_blobs, Arc::new(SystemClock));
        let blobs = settings.blobs.open(kind, &secrets, &folder, clock).with_context(cannot_use)?;
        let spool = Spool::open(&folder.join("spool")).with_context(cannot_use)?;
        let program = std::env::current_exe().context("cannot find out where this program lies")?;
        let workers = Workers::new(WorkerCommand { program, arguments: vec![WORKER.into()] });
        let intake = Intake::new(work_folder(&folder).with_context(cannot_use)?, workers);
        Ok(Self { blobs, spool, intake: intake.with_scanner(settings.scan.scanner()) })
    }
}

/// Does what an operator wants to have done with pictures and files.
///
/// # Errors
///
/// If it cannot be done; the error says why.
pub async fn run(command: MediaCommand) -> anyhow::Result<()> {
    match command {
        MediaCommand::Check(settings) => check(*settings).await,
        MediaCommand::Move(wanted) => {
            crate::say(&moving::copy(*wanted).await?);
            Ok(())
        }
    }
}

/// `confab admin media check`: tells of bytes that are missing, and of those that
/// nothing knows of.
async fn check(settings: Settings) -> anyhow::Result<()> {
    let database = Whereabouts::of(&settings)?.open().await?;
    let (stores, files) = (Stores::open(&database).await?, Files::open(&settings)?);
    let (mut missing, mut orphans) = (0_u64, 0_u64);
    let checked = confab_media::check(&stores, &*files.blobs, |finding| match finding {
        Finding::Missing(key) => {
            missing += 1;
            crate::say(&format!("missing  {key}\n"));
        }
        Finding::Damaged(key) => {
            missing += 1;
            crate::say(&format!("damaged  {key}\n"));
        }
        Finding::Orphan(key) => {
            orphans += 1;
            crate::say(&format!("orphan   {key}\n"));
        }
    });
    let checked = checked.await.context("what is kept cannot be looked at")?;
    stores.close().await;
    crate::say(&format!("{} blobs are needed, {} are kept.\n", checked.needed, checked.kept));
    crate::say(&format!("{missing} are missing or damaged, {orphans} are known to nothing.\n"));
    if missing > 0 {
        bail!("some files have lost their bytes; restore them from a backup");
    }
    Ok(())
}

/// An empty folder for what is made of files: what a crash left there is of no use.
fn work_folder(folder: &std::path::Path) -> std::io::Result<PathBuf> {
    let work = folder.join("work");
    match std::fs::remove_dir_all(&work) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::create_dir_all(&work)?;
    Ok(work)
}
