//! Nobody has more than they may.

use confab_proto::media::v1;
use futures_util::future::join_all;
use tonic::Code;

use crate::world::{FILE_BYTES_MAX, USER_BYTES_MAX, USER_UPLOADS_MAX, World, header, refusal};

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
async fn so_many_uploads_are_open_at_once_and_no_more() {
    let world = World::new().await;
    let ada = world.person();
    let create = async || {
        let request = ada.request(v1::CreateUploadRequest { header: Some(header(1)) });
        ada.media().create_upload(request).await
    };
    let mut last = String::new();
    for _ in 0..USER_UPLOADS_MAX {
        last = create().await.unwrap().into_inner().upload.unwrap().upload_id;
    }
    assert_eq!(refusal(create().await), (Code::ResourceExhausted, "QUOTA_UPLOADS".into()));
    let cancel = v1::CancelUploadRequest { upload_id: last };
    ada.media().cancel_upload(ada.request(cancel)).await.unwrap();
    create().await.unwrap();
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
