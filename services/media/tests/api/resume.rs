//! Uploads that are taken up again.

use std::time::Duration;

use bytes::Bytes;
use confab_proto::media::v1;
use confab_proto::media::v1::append_upload_request::Part;
use futures_util::stream;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::world::{Person, World, header, refusal};

const NOBODYS: &str = "018f0000-0000-7000-8000-000000000000";

async fn create(person: &Person<'_>, size: usize) -> v1::Upload {
    let request = person.request(v1::CreateUploadRequest { header: Some(header(size)) });
    person.media().create_upload(request).await.unwrap().into_inner().upload.unwrap()
}

async fn append(
    person: &Person<'_>,
    upload_id: &str,
    offset: i64,
    bytes: &[u8],
) -> Result<v1::Upload, Status> {
    let head = Part::Header(v1::AppendHeader { upload_id: upload_id.to_owned(), offset });
    let chunks = bytes.chunks(3).map(|chunk| Part::Chunk(Bytes::copy_from_slice(chunk)));
    let parts = std::iter::once(head).chain(chunks).map(|part| v1::AppendUploadRequest { part: Some(part) });
    let request = person.request(stream::iter(parts.collect::<Vec<_>>()));
    Ok(person.media().append_upload(request).await?.into_inner().upload.unwrap())
}

async fn offset(person: &Person<'_>, upload_id: &str) -> Result<i64, Status> {
    let request = person.request(v1::GetUploadRequest { upload_id: upload_id.to_owned() });
    Ok(person.media().get_upload(request).await?.into_inner().upload.unwrap().offset)
}

async fn complete(person: &Person<'_>, upload_id: &str) -> Result<v1::Media, Status> {
    let request = person.request(v1::CompleteUploadRequest { upload_id: upload_id.to_owned() });
    Ok(person.media().complete_upload(request).await?.into_inner().media.unwrap())
}

#[tokio::test]
async fn an_upload_in_pieces_becomes_one_file_however_often_it_is_completed() {
    let world = World::new().await;
    let ada = world.person();
    let upload = create(&ada, 11).await;
    assert_eq!((upload.offset, upload.size), (0, 11));
    assert_eq!(append(&ada, &upload.upload_id, 0, b"hello").await.unwrap().offset, 5);
    assert_eq!(offset(&ada, &upload.upload_id).await.unwrap(), 5);
    let early = refusal(complete(&ada, &upload.upload_id).await);
    assert_eq!(early, (Code::InvalidArgument, "UPLOAD_TRUNCATED".into()));
    assert_eq!(append(&ada, &upload.upload_id, 5, b" world").await.unwrap().offset, 11);
    assert_eq!(ada.usage().await, (11, 1));

    let file = complete(&ada, &upload.upload_id).await.unwrap();
    assert_eq!(complete(&ada, &upload.upload_id).await.unwrap(), file);
    assert_eq!(file.media_id, upload.upload_id);
    assert_eq!(ada.download(&file.media_id, 0, None).await.unwrap(), b"hello world");
    assert_eq!((ada.usage().await, world.files_in("spool")), ((11, 1), 0));
}

#[tokio::test]
async fn bytes_go_where_the_upload_ends_and_nowhere_else() {
    let world = World::new().await;
    let ada = world.person();
    let id = create(&ada, 10).await.upload_id;
    append(&ada, &id, 0, b"hello").await.unwrap();
    for wrong in [0, 4, 6, 1_000] {
        let refused = append(&ada, &id, wrong, b"x").await.unwrap_err();
        let info = refused.get_details_error_info().unwrap();
        assert_eq!((refused.code(), info.reason.as_str()), (Code::FailedPrecondition, "OFFSET_MISMATCH"));
        assert_eq!(info.metadata["offset"], "5");
    }
    // One more than there is room for: what fits before it stays.
    assert_eq!(refusal(append(&ada, &id, 5, b"world!").await).1, "UPLOAD_TOO_LONG");
    assert_eq!(offset(&ada, &id).await.unwrap(), 8);
    append(&ada, &id, 8, b"ld").await.unwrap();
    let file = complete(&ada, &id).await.unwrap();
    assert_eq!(ada.download(&file.media_id, 0, None).await.unwrap(), b"helloworld");
}

#[tokio::test]
async fn the_uploads_of_others_are_as_if_they_were_not_there() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let hers = create(&ada, 5).await.upload_id;
    append(&ada, &hers, 0, b"hello").await.unwrap();
    let expected = (Code::NotFound, "NO_SUCH_UPLOAD".to_owned());
    for id in [hers.as_str(), NOBODYS] {
        assert_eq!(refusal(offset(&bob, id).await), expected);
        assert_eq!(refusal(append(&bob, id, 5, b"x").await), expected);
        assert_eq!(refusal(complete(&bob, id).await), expected);
        let cancel = v1::CancelUploadRequest { upload_id: id.to_owned() };
        bob.media().cancel_upload(bob.request(cancel)).await.unwrap();
    }
    complete(&ada, &hers).await.unwrap();
    assert_eq!(refusal(complete(&bob, &hers).await), expected);
}

#[tokio::test]
async fn what_is_not_taken_is_gone_and_takes_no_room() {
    let world = World::new().await;
    let ada = world.person();
    let id = create(&ada, 5).await.upload_id;
    append(&ada, &id, 0, b"\x7fELF\x02").await.unwrap();
    assert_eq!(refusal(complete(&ada, &id).await), (Code::InvalidArgument, "TYPE_REFUSED".into()));
    assert_eq!(refusal(complete(&ada, &id).await).1, "NO_SUCH_UPLOAD");
    assert_eq!((ada.usage().await, world.files_in("spool")), ((0, 0), 0));
}

#[tokio::test]
async fn an_upload_is_kept_for_a_day() {
    let world = World::new().await;
    let ada = world.person();
    let id = create(&ada, 5).await.upload_id;
    world.clock.advance(Duration::from_secs(24 * 3_600 - 1));
    world.sweep().await;
    append(&ada, &id, 0, b"he").await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(refusal(append(&ada, &id, 2, b"llo").await).1, "NO_SUCH_UPLOAD");
    assert_eq!(ada.usage().await, (5, 1));
    world.sweep().await;
    assert_eq!((ada.usage().await, world.files_in("spool")), ((0, 0), 0));
}
