//! Nobody has more than they may.

use bytes::Bytes;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use futures_util::future::join_all;
use futures_util::stream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tonic::{Code, Status};

use crate::world::{FILE_BYTES_MAX, Person, USER_BYTES_MAX, USER_UPLOADS_MAX, World, header, refusal};

#[tokio::test]
async fn twenty_uploads_at_once_do_not_exceed_the_quota() {
    let world = World::new().await;
    let ada = world.person();
    let size = usize::try_from(USER_BYTES_MAX).unwrap() / 7;
    let text = vec![b'a'; size];
    let uploads = (0..20).map(|_| ada.upload(&text));
    let (mut kept, mut refused) = (0, 0);
    for upload in join_all(uploads).await {
        match upload {
            Ok(_) => kept += 1,
            Err(status) => {
                assert_eq!(refusal::<()>(Err(status)), (Code::ResourceExhausted, "QUOTA_BYTES".into()));
                refused += 1;
            }
        }
    }
    assert_eq!((kept, refused), (7, 13));
    let expected = i64::try_from(7 * size).unwrap();
    assert_eq!(ada.usage().await, (expected, 7));
    assert_eq!(world.person().usage().await, (0, 0), "others have a quota of their own");
}

#[tokio::test]
async fn so_many_uploads_are_open_at_once_and_whoever_leaves_makes_room() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let mut open: Vec<_> = (0..USER_UPLOADS_MAX).map(|_| Half::begin(&ada)).collect();
    until(&world, open.len()).await;
    assert_eq!(refusal(ada.upload(b"one more").await), (Code::ResourceExhausted, "QUOTA_UPLOADS".into()));
    let resumable = v1::CreateUploadRequest { header: Some(header(2)) };
    let resumable = ada.media().create_upload(ada.request(resumable)).await.unwrap().into_inner();
    let upload_id = resumable.upload.unwrap().upload_id;
    assert_eq!(refusal(add(&ada, &upload_id).await).1, "QUOTA_UPLOADS");
    bob.upload(b"his own").await.unwrap();

    // Whoever breaks off is out at once, and leaves nothing.
    assert_eq!(refusal(open.pop().unwrap().break_off().await).1, "UPLOAD_TRUNCATED");
    add(&ada, &upload_id).await.unwrap();
    // So is whoever waits with an upload that can be taken up again.
    ada.upload(b"one more").await.unwrap();
    // And whoever says nothing any more, after a while.
    for half in open {
        assert_eq!(refusal(half.wait().await), (Code::Cancelled, "UPLOAD_BROKEN_OFF".into()));
    }
    assert_eq!((ada.usage().await, world.files_in("spool")), ((2 + 8, 2), 1));
}

/// An upload that does not go on.
struct Half {
    sender: mpsc::Sender<v1::UploadMediaRequest>,
    uploading: JoinHandle<Result<(), Status>>,
}

impl Half {
    fn begin(person: &Person<'_>) -> Self {
        let (sender, mut receiver) = mpsc::channel(2);
        for part in [Part::Header(header(10)), Part::Chunk(Bytes::from_static(b"hello"))] {
            sender.try_send(v1::UploadMediaRequest { part: Some(part) }).unwrap();
        }
        let parts = stream::poll_fn(move |context| receiver.poll_recv(context));
        let (mut media, request) = (person.media(), person.request(parts));
        let uploading = tokio::spawn(async move { media.upload_media(request).await.map(drop) });
        Self { sender, uploading }
    }

    async fn break_off(self) -> Result<(), Status> {
        drop(self.sender);
        self.uploading.await.unwrap()
    }

    async fn wait(self) -> Result<(), Status> {
        self.uploading.await.unwrap()
    }
}

/// Adds two bytes to an upload that has none.
async fn add(person: &Person<'_>, upload_id: &str) -> Result<(), Status> {
    use v1::append_upload_request::Part;
    let head = v1::AppendHeader { upload_id: upload_id.to_owned(), offset: 0 };
    let parts = [Part::Header(head), Part::Chunk(Bytes::from_static(b"ab"))];
    let parts = parts.map(|part| v1::AppendUploadRequest { part: Some(part) });
    person.media().append_upload(person.request(stream::iter(parts))).await.map(drop)
}

/// Waits until so many uploads have begun.
async fn until(world: &World, begun: usize) {
    while world.files_in("spool") < begun {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_deleted_makes_room() {
    let world = World::new().await;
    let ada = world.person();
    let text = vec![b'a'; usize::try_from(FILE_BYTES_MAX).unwrap()];
    let mut last = String::new();
    for _ in 0..USER_BYTES_MAX / FILE_BYTES_MAX {
        last = ada.upload(&text).await.unwrap().media_id;
    }
    assert_eq!(refusal(ada.upload(b"a").await).1, "QUOTA_BYTES");
    for _ in 0..2 {
        let delete = v1::DeleteMediaRequest { media_id: last.clone() };
        ada.media().delete_media(ada.request(delete)).await.unwrap();
    }
    assert_eq!(refusal(ada.get(&last).await), (Code::NotFound, "NO_SUCH_MEDIA".into()));
    ada.upload(&text).await.unwrap();
}
