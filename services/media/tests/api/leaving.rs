//! What is kept of somebody, as they take it along, and as it is erased.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use confab_proto::internal::v1 as internal;
use tonic::Code;

use crate::world::{Person, World, message, refusal};

/// The files that `person` would take along, by their names.
async fn export(world: &World, person: &Person<'_>) -> BTreeMap<String, Vec<u8>> {
    let request = internal::ExportUserRequest { user_id: person.id.to_string() };
    let mut parts = world.personal_data().export_user(request).await.unwrap().into_inner();
    let mut files = BTreeMap::<String, Vec<u8>>::new();
    while let Some(part) = parts.message().await.unwrap() {
        files.entry(part.file_name).or_default().extend_from_slice(&part.chunk);
    }
    files
}

#[tokio::test]
async fn people_take_their_files_along_and_those_of_nobody_else() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let (long, short) = (vec![b'a'; 150_000], b"short".to_vec());
    let (first, second) = (ada.upload(&long).await.unwrap(), ada.upload(&short).await.unwrap());
    bob.upload(b"not hers").await.unwrap();

    let files = export(&world, &ada).await;
    let place = |id: &str| format!("files/{id}/notes.txt");
    assert_eq!(files.len(), 3);
    assert_eq!((&files[&place(&first.media_id)], &files[&place(&second.media_id)]), (&long, &short));
    let known = String::from_utf8(files["files.jsonl"].clone()).unwrap();
    let known = known.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut known: Vec<_> =
        known.map(|line| (line["size"].as_u64(), line["media_id"].as_str().map(str::to_owned))).collect();
    known.sort();
    assert_eq!(known, [(Some(5), Some(second.media_id)), (Some(150_000), Some(first.media_id))]);
    let nobody = world.person();
    assert_eq!(export(&world, &nobody).await, BTreeMap::from([("files.jsonl".to_owned(), Vec::new())]));
}

#[tokio::test]
async fn what_was_lost_is_named_and_the_rest_is_taken_along() {
    let world = World::new().await;
    let ada = world.person();
    let mut files = Vec::new();
    for letter in [b'a', b'b', b'c', b'd'] {
        let bytes = vec![letter; 300_000 / 2];
        files.push((ada.upload(&bytes).await.unwrap().media_id, bytes));
    }
    let (missing, short) = (&files[1], &files[2]);
    std::fs::remove_file(world.blob(&missing.1)).unwrap();
    std::fs::write(world.blob(&short.1), &short.1[..100_000]).unwrap();

    let taken = export(&world, &ada).await;
    let place = |id: &str| format!("files/{id}/notes.txt");
    for (id, bytes) in [&files[0], &files[3]] {
        assert_eq!(&taken[&place(id)], bytes);
    }
    let lost = String::from_utf8(taken["lost_files.jsonl"].clone()).unwrap();
    let lost = lost.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    // In no order that a test could know: files of one millisecond have random ids.
    let lost: BTreeSet<_> = lost.map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!(lost, BTreeSet::from([place(&missing.0), place(&short.0)]));
}

#[tokio::test]
async fn of_whoever_is_erased_no_file_is_left_wherever_it_was_attached() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let kept = bob.upload(b"his").await.unwrap();
    let mut gone = Vec::new();
    for number in 0..3 {
        gone.push(ada.upload(format!("hers {number}").as_bytes()).await.unwrap().media_id);
    }
    let place = message(&ada);
    world.attach(&ada, &gone[0], &place).await.unwrap();
    world.places.hold(&place, &gone[0]);

    let request = || internal::EraseUserRequest { user_id: ada.id.to_string(), progress: String::new() };
    for _ in 0..2 {
        // Once more changes nothing.
        let answer = world.personal_data().erase_user(request()).await.unwrap().into_inner();
        assert!(answer.done);
    }
    // Bytes of an upload are safe for some minutes, whatever becomes of it.
    world.clock.advance(Duration::from_hours(1));
    world.sweep().await;
    for media in &gone {
        assert_eq!(refusal(ada.get(media).await), (Code::NotFound, "NO_SUCH_MEDIA".to_owned()));
    }
    assert_eq!((ada.usage().await, world.files_in("blobs")), ((0, 0), 1));
    assert_eq!(bob.download(&kept.media_id, 0, None).await.unwrap(), b"his");

    // Nobody but another service may ask for this.
    let mut stranger = world.personal_data_of_nobody();
    let refused = stranger.erase_user(ada.request(request())).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
}
