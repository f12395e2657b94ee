//! What people look like.

use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use tonic::{Code, Status};

use crate::world::{World, bad_field, refusal, with_token};

const FIRST: &str = "0192c1f0-0000-7000-8000-000000000001";
const SECOND: &str = "0192c1f0-0000-7000-8000-000000000002";

/// Has whoever has `token` show `picture`, or none.
async fn show(world: &World, token: &str, picture: &str) -> Result<String, Status> {
    let request = v1::UpdateProfileRequest {
        profile: Some(v1::Profile { picture_id: picture.into(), ..v1::Profile::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["picture_id".into()] }),
    };
    let answer = world.auth().update_profile(with_token(token, request)).await?.into_inner();
    Ok(answer.user.unwrap().picture_id)
}

#[tokio::test]
async fn a_picture_is_seen_by_others_until_it_is_replaced_or_taken_away() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (_, other) = world.join("bob@example.com", "Bob").await;
    let seen = async || {
        let request = v1::GetUserRequest { user_id: ada.user_id.clone() };
        let user = world.users().get_user(with_token(&other, request)).await.unwrap().into_inner().user;
        user.unwrap().picture_id
    };
    assert_eq!(show(&world, &token, FIRST).await.unwrap(), FIRST);
    assert_eq!((seen().await.as_str(), world.media.attached(&ada.user_id)), (FIRST, vec![FIRST.to_owned()]));

    assert_eq!(show(&world, &token, SECOND).await.unwrap(), SECOND);
    assert_eq!((seen().await.as_str(), world.media.erased()), (SECOND, vec![FIRST.to_owned()]));
    // Once more is no change: a retry costs nobody their picture.
    assert_eq!(show(&world, &token, SECOND).await.unwrap(), SECOND);
    assert_eq!(world.media.erased(), [FIRST]);

    assert_eq!(show(&world, &token, "").await.unwrap(), "");
    assert_eq!((seen().await.as_str(), world.media.erased()), ("", vec![FIRST.into(), SECOND.into()]));
    assert_eq!(world.me(&token).await.unwrap().name, "Ada");
}

#[tokio::test]
async fn a_picture_that_is_not_ones_own_is_not_shown() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    show(&world, &token, FIRST).await.unwrap();
    world.media.lose(SECOND);
    let refused = show(&world, &token, SECOND).await;
    assert_eq!(refusal(refused), (Code::NotFound, "NO_SUCH_MEDIA".into()));
    assert_eq!(world.me(&token).await.unwrap().picture_id, FIRST);
    assert_eq!(bad_field(show(&world, &token, "my-face").await).0, "profile.picture_id");
}

#[tokio::test]
async fn nothing_changes_while_nobody_keeps_pictures() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    world.media.set_away(true);
    let refused = show(&world, &token, FIRST).await;
    assert_eq!(refusal(refused), (Code::Unavailable, "MEDIA_DOWN".into()));
    assert_eq!(world.me(&token).await.unwrap().picture_id, "");
}

#[tokio::test]
async fn a_picture_that_could_not_be_shown_after_all_is_let_go_of() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    world.media.erase_meanwhile(world.operator());
    let refused = show(&world, &token, FIRST).await;
    assert_eq!(refusal(refused).1, "SESSION_ENDED");
    assert_eq!(world.media.attached(&ada.user_id), [] as [String; 0]);
    assert_eq!(world.media.erased(), [] as [String; 0], "it waits for another try");
}

#[tokio::test]
async fn media_is_told_whose_picture_is_still_theirs() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    show(&world, &token, FIRST).await.unwrap();
    let held = |user: &v1::User, media_id: &str| internal::HeldPicture {
        user_id: user.user_id.clone(),
        media_id: media_id.to_owned(),
    };
    let gone = v1::User { user_id: SECOND.to_owned(), ..v1::User::default() };
    let pictures = vec![held(&ada, SECOND), held(&bob, FIRST), held(&ada, FIRST), held(&gone, FIRST)];
    let request = internal::FilterHeldPicturesRequest { pictures };
    let answer = world.directory().filter_held_pictures(request.clone()).await.unwrap().into_inner();
    assert_eq!(answer.indexes, [2]);
    let outside =
        internal::user_directory_service_client::UserDirectoryServiceClient::new(world.channel.clone())
            .filter_held_pictures(with_token(&token, request))
            .await;
    assert_eq!(refusal(outside).0, Code::Unauthenticated);
}
