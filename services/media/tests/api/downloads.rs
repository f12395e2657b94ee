//! Parts of files.

use tonic::Code;

use crate::world::{World, refusal};

#[tokio::test]
async fn any_part_of_a_file_can_be_had() {
    let world = World::new().await;
    let ada = world.person();
    let text: Vec<u8> = (0..150_000_u32).map(|index| b'a' + u8::try_from(index % 23).unwrap()).collect();
    let id = ada.upload(&text).await.unwrap().media_id;
    for (offset, length, expected) in [
        (0, None, &text[..]),
        (0, Some(1), &text[..1]),
        (149_999, None, &text[149_999..]),
        (65_535, Some(2), &text[65_535..65_537]),
        (100_000, Some(i64::MAX), &text[100_000..]),
    ] {
        assert_eq!(ada.download(&id, offset, length).await.unwrap(), expected, "{offset} {length:?}");
    }
    for offset in [150_000, i64::MAX] {
        let refused = refusal(ada.download(&id, offset, None).await);
        assert_eq!(refused, (Code::OutOfRange, "OUT_OF_RANGE".into()));
    }
    for (offset, length) in [(-1, None), (0, Some(0)), (0, Some(-1))] {
        assert_eq!(refusal(ada.download(&id, offset, length).await).1, "INVALID_FIELD");
    }
}
