//! Who may see what.

use std::time::Duration;

use confab_core::Clock;
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1;
use confab_rpc::Channel;
use tonic::{Code, Status};

use crate::world::{Person, World, message, person, refusal};

const NOBODYS: &str = "018f0000-0000-7000-8000-000000000000";

fn not_there() -> (Code, String) {
    (Code::NotFound, "NO_SUCH_MEDIA".to_owned())
}

#[tokio::test]
async fn a_file_is_its_owners_and_to_others_as_if_it_were_not_there() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let hers = ada.upload(b"hello").await.unwrap().media_id;
    ada.get(&hers).await.unwrap();
    for id in [hers.as_str(), NOBODYS] {
        assert_eq!(refusal(bob.get(id).await), not_there());
        assert_eq!(refusal(bob.download(id, 0, None).await), not_there());
        let sign = v1::SignDownloadRequest { media_id: id.to_owned(), variant: 0 };
        assert_eq!(refusal(bob.media().sign_download(bob.request(sign)).await), not_there());
        let delete = v1::DeleteMediaRequest { media_id: id.to_owned() };
        bob.media().delete_media(bob.request(delete)).await.unwrap();
        assert_eq!(refusal(world.attach(&bob, id, &message(&bob)).await), not_there());
    }
    ada.get(&hers).await.unwrap();
    let batch = v1::BatchGetMediaRequest { media_ids: vec![hers.clone(), NOBODYS.into()] };
    let seen = |person: &Person<'_>| {
        let (mut media, request) = (person.media(), person.request(batch.clone()));
        async move { media.batch_get_media(request).await.unwrap().into_inner().media.len() }
    };
    assert_eq!((seen(&ada).await, seen(&bob).await), (1, 0));
}

#[tokio::test]
async fn who_sees_the_message_sees_the_file_and_not_half_a_minute_longer() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let (hers, place) = (ada.upload(b"hello").await.unwrap().media_id, message(&ada));
    world.attach(&ada, &hers, &place).await.unwrap();
    assert_eq!(refusal(bob.get(&hers).await), not_there());

    world.places.show(&bob.id.to_string(), &place, true);
    assert_eq!(bob.download(&hers, 0, None).await.unwrap(), b"hello");
    let asked = world.places.asked();
    bob.get(&hers).await.unwrap();
    assert_eq!(world.places.asked(), asked, "an answer holds for a while");

    world.places.show(&bob.id.to_string(), &place, false);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(refusal(bob.get(&hers).await), not_there());
    ada.get(&hers).await.unwrap();
}

#[tokio::test]
async fn the_picture_of_a_person_is_for_everybody_who_is_signed_in_and_for_nobody_else() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let hers = ada.upload_picture(v1::Purpose::Avatar).await;
    assert_eq!(refusal(bob.get(&hers).await), not_there(), "not before it is shown");
    world.attach(&ada, &hers, &person(&ada)).await.unwrap();
    assert!(!bob.download(&hers, 0, None).await.unwrap().is_empty());
    assert_eq!(world.places.asked(), 0, "nobody has to be asked");
    let get = v1::GetMediaRequest { media_id: hers.clone() };
    assert_eq!(refusal(bob.media().get_media(get).await).0, Code::Unauthenticated);
    let download = v1::DownloadMediaRequest { media_id: hers.clone(), ..Default::default() };
    assert_eq!(refusal(bob.media().download_media(download).await).0, Code::Unauthenticated);

    world.detach(&person(&ada), internal::Aftermath::Wait).await;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(refusal(bob.get(&hers).await), not_there());
}

#[tokio::test]
async fn people_show_pictures_of_their_own_that_were_uploaded_for_it() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let hers = ada.upload_picture(v1::Purpose::Avatar).await;
    assert_eq!(refusal(world.attach(&bob, &hers, &person(&bob)).await), not_there());
    for other in [v1::Purpose::Message, v1::Purpose::GroupPicture] {
        let hers = ada.upload_picture(other).await;
        assert_eq!(refusal(world.attach(&ada, &hers, &person(&ada)).await), not_there(), "{other:?}");
    }
    world.attach(&ada, &hers, &person(&ada)).await.unwrap();
}

#[tokio::test]
async fn while_nobody_says_who_sees_what_nothing_of_others_is_shown() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let (hers, place) = (ada.upload(b"hello").await.unwrap().media_id, message(&ada));
    world.attach(&ada, &hers, &place).await.unwrap();
    world.places.show(&bob.id.to_string(), &place, true);
    world.places.set_away(true);
    assert_eq!(refusal(bob.get(&hers).await), (Code::Unavailable, "MESSAGE_DOWN".into()));
    ada.get(&hers).await.unwrap();
}

#[tokio::test]
async fn a_file_goes_with_the_last_message_that_has_it() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let (hers, first, second) = (ada.upload(b"hello").await.unwrap().media_id, message(&ada), message(&bob));
    world.attach(&ada, &hers, &first).await.unwrap();
    // Whoever sees it may send it on.
    let forward = internal::AttachMediaRequest {
        user_id: bob.id.to_string(),
        media_ids: vec![hers.clone()],
        place: Some(second.clone()),
        source: Some(first.clone()),
    };
    world.library().attach_media(forward).await.unwrap();
    world.detach(&first, internal::Aftermath::Erase).await;
    ada.get(&hers).await.unwrap();
    world.detach(&second, internal::Aftermath::Erase).await;
    assert_eq!(refusal(ada.get(&hers).await), not_there());
    assert_eq!(ada.usage().await, (0, 0));
}

#[tokio::test]
async fn an_address_is_good_for_what_it_says_and_for_five_minutes() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let (hers, place) = (ada.upload(b"hello").await.unwrap().media_id, message(&ada));
    world.attach(&ada, &hers, &place).await.unwrap();
    world.places.show(&bob.id.to_string(), &place, true);

    let good = signed(&bob, &hers).await;
    assert_eq!(open(&world, good.clone()).await.unwrap(), 5);
    let other = ada.upload(b"other").await.unwrap().media_id;
    let mut forged = good.signature.to_vec();
    forged[0] ^= 1;
    for bad in [
        internal::DownloadSignedRequest { media_id: other, ..good.clone() },
        internal::DownloadSignedRequest { user_id: ada.id.to_string(), ..good.clone() },
        internal::DownloadSignedRequest { session_id: ada.session.to_string(), ..good.clone() },
        internal::DownloadSignedRequest { variant: v1::MediaVariant::Small.into(), ..good.clone() },
        internal::DownloadSignedRequest { signature: forged.into(), ..good.clone() },
        internal::DownloadSignedRequest {
            expire_time: Some(prost_types::Timestamp {
                seconds: good.expire_time.as_ref().unwrap().seconds + 1,
                nanos: 0,
            }),
            ..good.clone()
        },
    ] {
        assert_eq!(refusal(open(&world, bad).await), (Code::PermissionDenied, "BAD_SIGNATURE".into()));
    }
    // It is no better than the right of whom it was made for.
    world.places.show(&bob.id.to_string(), &place, false);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(refusal(open(&world, good.clone()).await), not_there());
    world.places.show(&bob.id.to_string(), &place, true);
    assert_eq!(open(&world, good.clone()).await.unwrap(), 5);
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(refusal(open(&world, good).await).1, "BAD_SIGNATURE");
}

#[tokio::test]
async fn an_address_opens_nothing_once_the_session_has_ended_that_it_was_made_in() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let hers = ada.upload(b"hello").await.unwrap().media_id;
    let place = message(&ada);
    world.attach(&ada, &hers, &place).await.unwrap();
    world.places.show(&bob.id.to_string(), &place, true);
    let (adas, bobs) = (signed(&ada, &hers).await, signed(&bob, &hers).await);
    let now = world.clock.now();
    world.revoked.add(ada.session, now.plus(Duration::from_mins(10)), now);
    assert_eq!(refusal(open(&world, adas).await).1, "BAD_SIGNATURE");
    assert_eq!(open(&world, bobs).await.unwrap(), 5);
}

#[tokio::test]
async fn what_services_ask_is_not_for_people() {
    let world = World::new().await;
    let ada = world.person();
    let mut outside = internal::media_library_service_client::MediaLibraryServiceClient::<Channel>::new(
        world.channel.clone(),
    );
    let request = internal::DetachMediaRequest { place: Some(message(&ada)), ..Default::default() };
    assert_eq!(refusal(outside.detach_media(ada.request(request)).await).0, Code::Unauthenticated);
}

/// What the address says that somebody was given.
async fn signed(person: &Person<'_>, media_id: &str) -> internal::DownloadSignedRequest {
    let sign = v1::SignDownloadRequest { media_id: media_id.to_owned(), variant: 0 };
    let address = person.media().sign_download(person.request(sign)).await.unwrap().into_inner();
    let (path, query) = address.path.split_once('?').unwrap();
    assert_eq!(path, format!("/media/{media_id}/original"));
    let (_, signature) = query.rsplit_once("signature=").unwrap();
    let query_of_theirs = format!("user={}&session={}&expires=", person.id, person.session);
    assert!(query.starts_with(&query_of_theirs), "{query}");
    internal::DownloadSignedRequest {
        media_id: media_id.to_owned(),
        variant: v1::MediaVariant::Original.into(),
        user_id: person.id.to_string(),
        session_id: person.session.to_string(),
        expire_time: address.expire_time,
        signature: hex::decode(signature).unwrap().into(),
        offset: 0,
        length: None,
    }
}

/// The size of the file at an address.
async fn open(world: &World, request: internal::DownloadSignedRequest) -> Result<i64, Status> {
    let mut answers = world.library().download_signed(request).await?.into_inner();
    let part = answers.message().await?.unwrap().part.unwrap().part.unwrap();
    let v1::download_media_response::Part::Header(header) = part else { panic!("no header") };
    Ok(header.size)
}
