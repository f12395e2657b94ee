//! What goes wrong on our own side, and what whoever uploads is told of it.

use std::fs;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use confab_core::SystemClock;
use confab_media::blobs::{BlobError, BlobStore, ByteStream, CloudinaryStore, LocalStore, Patience};
use confab_media::domain::BlobKey;
use confab_media::spool::SpooledFile;
use confab_proto::media::v1;
use confab_proto::media::v1::append_upload_request::Part;
use futures_util::stream;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::names::stand_in::{Fault, StandIn};
use crate::world::{Person, World, header, refusal};

/// How long bytes are safe that an upload has claimed, and nothing uses.
const CLAIM_TIME: Duration = Duration::from_mins(10);
/// How long those are waited for that fail anyway.
const PATIENCE: Patience = Patience { silence: Duration::from_millis(300), call: Duration::from_secs(1) };

/// What happens to a store that has kept something.
type Mishap = Box<dyn Fn(&SpooledFile) -> Result<(), BlobError> + Send + Sync>;

/// A store that keeps what it is given, and has a mishap then.
struct Clumsy(LocalStore, Mishap);

#[async_trait]
impl BlobStore for Clumsy {
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError> {
        self.0.put(file).await?;
        self.1(file)
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        self.0.size(key).await
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        self.0.read(key, range).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.0.delete(key).await
    }

    async fn list(&self, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobKey>, BlobError> {
        self.0.list(after, limit).await
    }
}

/// A service whose store has a `mishap` each time.
async fn world_with(mishap: impl Fn(&SpooledFile) -> Result<(), BlobError> + Send + Sync + 'static) -> World {
    World::keeping_in(|local| Arc::new(Clumsy(local, Box::new(mishap)))).await
}

/// What a store says that cannot say whether it has kept something.
fn mute() -> BlobError {
    BlobError::Unavailable { task: "say so", source: "the line is dead".into() }
}

/// Begins an upload that can be taken up again, and brings all of it but its end.
async fn bring(person: &Person<'_>, bytes: &'static [u8]) -> String {
    let create = v1::CreateUploadRequest { header: Some(header(bytes.len())) };
    let created = person.media().create_upload(person.request(create)).await.unwrap().into_inner();
    let upload_id = created.upload.unwrap().upload_id;
    let head = v1::AppendHeader { upload_id: upload_id.clone(), offset: 0 };
    let parts = [Part::Header(head), Part::Chunk(bytes::Bytes::from_static(bytes))];
    let parts = parts.map(|part| v1::AppendUploadRequest { part: Some(part) });
    person.media().append_upload(person.request(stream::iter(parts))).await.unwrap();
    upload_id
}

async fn complete(person: &Person<'_>, upload_id: &str) -> Result<(), Status> {
    let complete = v1::CompleteUploadRequest { upload_id: upload_id.to_owned() };
    person.media().complete_upload(person.request(complete)).await.map(drop)
}

#[tokio::test]
async fn a_file_that_is_kept_is_kept_whatever_stays_in_the_spool() {
    // In its place it leaves what cannot be removed as a file is.
    let world = world_with(|file| {
        fs::remove_file(&file.path).unwrap();
        fs::create_dir(&file.path).unwrap();
        Ok(())
    })
    .await;
    let ada = world.person();
    let whole = ada.upload(b"in one go").await.unwrap();
    assert_eq!(ada.download(&whole.media_id, 0, None).await.unwrap(), b"in one go");

    let upload_id = bring(&ada, b"in parts").await;
    complete(&ada, &upload_id).await.unwrap();
    assert_eq!(ada.download(&upload_id, 0, None).await.unwrap(), b"in parts");

    // Nobody had a reason to try again, so nothing is there twice.
    assert_eq!((ada.usage().await, world.files_in("blobs")), ((17, 2), 2));
}

#[tokio::test]
async fn bytes_that_a_broken_upload_leaves_go_when_nobody_can_want_them_any_more() {
    let world = world_with(|_| Err(mute())).await;
    let ada = world.person();
    let refused = refusal(ada.upload(b"kept, but who knows").await);
    assert_eq!(refused, (Code::Unavailable, "BLOBS_DOWN".into()));
    assert_eq!((ada.usage().await, world.files_in("spool")), ((0, 0), 0));
    world.sweep().await;
    assert_eq!(world.check().await, (vec![], 1), "whoever tries again has a claim to it");
    world.clock.advance(CLAIM_TIME);
    world.sweep().await;
    assert_eq!(world.check().await, (vec![], 0));
}

#[tokio::test]
async fn what_a_store_failed_to_keep_is_completed_when_it_works_again() {
    let works = Arc::new(AtomicBool::new(false));
    let again = works.clone();
    let world = world_with(move |_| if again.load(Ordering::Relaxed) { Ok(()) } else { Err(mute()) }).await;
    let ada = world.person();
    let upload_id = bring(&ada, b"hello").await;
    let refused = refusal(complete(&ada, &upload_id).await);
    assert_eq!(refused, (Code::Unavailable, "BLOBS_DOWN".into()));
    assert_eq!(refusal(ada.get(&upload_id).await).1, "NO_SUCH_MEDIA");

    works.store(true, Ordering::Relaxed);
    complete(&ada, &upload_id).await.unwrap();
    assert_eq!(ada.download(&upload_id, 0, None).await.unwrap(), b"hello");
    assert_eq!((ada.usage().await, world.check().await), ((5, 1), (vec![], 1)));
}

#[tokio::test]
async fn what_a_store_elsewhere_does_not_keep_is_not_acknowledged() {
    let (down, wrong) = ((Code::Unavailable, "BLOBS_DOWN"), (Code::Internal, "BLOB_CORRUPT"));
    for (fault, patience, (code, reason)) in [
        (Fault::Fails, PATIENCE, down),
        (Fault::IsSilent, PATIENCE, down),
        (Fault::Dawdles, PATIENCE, down),
        (Fault::Redirects, PATIENCE, down),
        (Fault::Lies, Patience::default(), wrong),
    ] {
        let stand_in = StandIn::start(Some(fault)).await;
        let store = CloudinaryStore::new(stand_in.access.clone(), patience, Arc::new(SystemClock)).unwrap();
        let world = World::keeping_in(|_| Arc::new(store)).await;
        let ada = world.person();
        let status = ada.upload(b"hello").await.unwrap_err();
        let delay = status.get_details_retry_info().and_then(|retry| retry.retry_delay);
        assert_eq!(delay.is_some(), code == Code::Unavailable, "{fault:?}: {status:?}");
        assert_eq!(refusal::<()>(Err(status)), (code, reason.to_owned()), "{fault:?}");
        let listed = ada.list().await;
        assert_eq!((listed.media.len(), ada.usage().await), (0, (0, 0)), "{fault:?}");
        assert_eq!((world.files_in("spool"), world.files_in("work")), (0, 0), "{fault:?}");
        assert_eq!(stand_in.inner_calls(), 0, "{fault:?}");
    }
}
