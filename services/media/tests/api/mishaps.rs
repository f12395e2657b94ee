//! What goes wrong on our own side, and what whoever uploads is told of it.

use std::fs;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use confab_media::blobs::{BlobError, BlobStore, ByteStream, LocalStore};
use confab_media::domain::BlobKey;
use confab_media::spool::SpooledFile;
use confab_proto::media::v1;
use confab_proto::media::v1::append_upload_request::Part;
use futures_util::stream;

use crate::world::{World, header};

/// A store that keeps what it is given, and leaves in its place what cannot be removed as a file is.
struct Clumsy(LocalStore);

#[async_trait]
impl BlobStore for Clumsy {
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError> {
        self.0.put(file).await?;
        fs::remove_file(&file.path).unwrap();
        fs::create_dir(&file.path).unwrap();
        Ok(())
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

#[tokio::test]
async fn a_file_that_is_kept_is_kept_whatever_stays_in_the_spool() {
    let world = World::keeping_in(|local| Arc::new(Clumsy(local))).await;
    let ada = world.person();
    let whole = ada.upload(b"in one go").await.unwrap();
    assert_eq!(ada.download(&whole.media_id, 0, None).await.unwrap(), b"in one go");

    let create = v1::CreateUploadRequest { header: Some(header(8)) };
    let created = ada.media().create_upload(ada.request(create)).await.unwrap().into_inner();
    let upload_id = created.upload.unwrap().upload_id;
    let head = v1::AppendHeader { upload_id: upload_id.clone(), offset: 0 };
    let parts = [Part::Header(head), Part::Chunk(bytes::Bytes::from_static(b"in parts"))];
    let parts = parts.map(|part| v1::AppendUploadRequest { part: Some(part) });
    ada.media().append_upload(ada.request(stream::iter(parts))).await.unwrap();
    let complete = v1::CompleteUploadRequest { upload_id: upload_id.clone() };
    ada.media().complete_upload(ada.request(complete)).await.unwrap();
    assert_eq!(ada.download(&upload_id, 0, None).await.unwrap(), b"in parts");

    // Nobody had a reason to try again, so nothing is there twice.
    assert_eq!((ada.usage().await, world.files_in("blobs")), ((17, 2), 2));
}
