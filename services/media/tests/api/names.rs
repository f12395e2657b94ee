//! What files are called, and that no name is ever a place.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use confab_core::SystemClock;
use confab_media::blobs::{Algorithm, BlobStore, CloudinaryAccess, CloudinaryStore, Patience, S3Store};
use confab_media::domain::BlobKey;
use confab_proto::media::v1;
use futures_util::future::join_all;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

use crate::hostile_names::{self, MARK};
use crate::world::{Person, World, header};

#[path = "../../src/blobs/rclone.rs"]
pub mod rclone;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../src/blobs/cloudinary/stand_in.rs"]
pub mod stand_in;
/// Where what is included above looks for it.
mod s3 {
    pub use confab_media::blobs::S3Access;
}

/// The longest name in the contract, in characters.
const CHARS_MAX: usize = 255;

/// How many are uploaded at once.
const AT_ONCE: usize = 16;

/// Listens to everything that is made, written or moved in folders where a name could lead.
struct Audit {
    inotify: Inotify,
    watched: Vec<(WatchDescriptor, PathBuf)>,
}

impl Audit {
    /// In `root`, in all folders above it and above where this process is, and in those that names of ours point at.
    fn of(root: &Path) -> Self {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).unwrap();
        let here = std::env::current_dir().unwrap();
        let mut folders: BTreeSet<PathBuf> =
            root.ancestors().chain(here.ancestors()).map(Path::to_owned).collect();
        folders.extend(["/tmp", "/etc", "/etc/cron.d"].map(PathBuf::from));
        folders.extend(std::env::var_os("HOME").map(PathBuf::from));
        let wanted = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MODIFY | AddWatchFlags::IN_MOVED_TO;
        let folders = folders.into_iter().filter(|folder| folder.is_dir());
        let watched = folders.map(|folder| (inotify.add_watch(&folder, wanted).unwrap(), folder)).collect();
        Self { inotify, watched }
    }

    /// What was made, written or moved that has a hostile name. What else happens there is by others.
    fn found(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        while let Ok(events) = self.inotify.read_events() {
            for event in events {
                let name = event.name.unwrap_or_default();
                let folder = self.watched.iter().find(|(watch, _)| *watch == event.wd);
                let folder = folder.map(|(_, folder)| folder.clone()).unwrap_or_default();
                if name.to_string_lossy().contains(MARK) {
                    found.push(folder.join(name));
                }
            }
        }
        found
    }
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Uploads a file of each name, and returns how many there were.
async fn upload_all(world: &World) -> usize {
    let ada = world.person();
    let names = hostile_names::all();
    let numbered: Vec<_> = names.iter().enumerate().collect();
    for some in numbered.chunks(AT_ONCE) {
        join_all(some.iter().map(|(number, name)| upload(&ada, *number, name))).await;
    }
    names.len()
}

async fn upload(ada: &Person<'_>, number: usize, name: &str) {
    let bytes = format!("this is file {number}");
    let name: String = name.chars().take(CHARS_MAX).collect();
    let header = v1::UploadHeader { name: name.clone(), ..header(bytes.len()) };
    let kept = ada.upload_as(header, bytes.as_bytes()).await.unwrap();
    let is_one_name = !kept.name.contains(['/', '\\', '\0', '\r', '\n', '\u{202e}']);
    assert!(is_one_name && !kept.name.starts_with('.'), "{name:?}: {kept:?}");
    let ending = kept.name.rsplit_once('.').map(|(_, ending)| ending);
    assert!(matches!(ending, Some("txt" | "ini")), "{name:?}: {kept:?}");
    assert!((5..=255).contains(&kept.name.len()), "{name:?}: {kept:?}");
    assert_eq!(ada.download(&kept.media_id, 0, None).await.unwrap(), bytes.as_bytes(), "{name:?}");
}

/// Whether everything below `folder` has the hash of its bytes for a name.
fn assert_named_by_hash(folder: &Path, count: usize) {
    let files = files(folder);
    assert_eq!(files.len(), count);
    for file in files {
        let key = BlobKey::of(&fs::read(&file).unwrap());
        assert_eq!(file.file_name().unwrap().to_str().unwrap(), key.to_string());
    }
}

#[tokio::test]
async fn of_three_hundred_hostile_names_none_is_a_place_in_local_files() {
    let world = World::new().await;
    let audit = Audit::of(world.folder.path());
    let count = upload_all(&world).await;
    assert!(count >= 300);
    assert_eq!(audit.found(), Vec::<PathBuf>::new());
    assert_named_by_hash(&world.folder.path().join("blobs"), count);
    assert_eq!((world.files_in("spool"), world.files_in("work")), (0, 0));
    // The audit does see what it is to see.
    fs::write(world.folder.path().join(MARK), "").unwrap();
    assert_eq!(audit.found().first(), Some(&world.folder.path().join(MARK)));
}

#[tokio::test]
async fn of_three_hundred_hostile_names_none_is_a_place_in_s3() {
    let rclone = rclone::Rclone::start().await;
    let store: Arc<dyn BlobStore> =
        Arc::new(S3Store::new(rclone.access.clone(), Patience::default()).unwrap());
    let world = World::keeping_in(|_| store).await;
    let audit = Audit::of(rclone.folder());
    let count = upload_all(&world).await;
    assert_eq!(audit.found(), Vec::<PathBuf>::new());
    assert_named_by_hash(&rclone.folder().join("blobs").join("confab"), count);
    assert_eq!(files(rclone.folder()).len(), count);
}

#[tokio::test]
async fn of_three_hundred_hostile_names_none_is_a_place_in_cloudinary() {
    let stand_in = stand_in::StandIn::start(None).await;
    let store = CloudinaryStore::new(stand_in.access.clone(), Patience::default(), Arc::new(SystemClock));
    let store: Arc<dyn BlobStore> = Arc::new(store.unwrap());
    let world = World::keeping_in(|_| store).await;
    let audit = Audit::of(world.folder.path());
    let count = upload_all(&world).await;
    assert_eq!(audit.found(), Vec::<PathBuf>::new());
    let kept = stand_in.kept();
    assert_eq!(kept.len(), count);
    for (name, bytes) in kept {
        assert_eq!(name, format!("confab/{}", BlobKey::of(&bytes)));
    }
}
