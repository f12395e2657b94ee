//! Keeping others away.

use std::time::Duration;

use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use tonic::{Code, Status};

use crate::world::{World, bad_field, refusal, with_token};

const NOBODY: &str = "018f0000-0000-7000-8000-000000000000";

async fn block(world: &World, token: &str, user_id: &str) -> Result<(), Status> {
    let request = v1::BlockUserRequest { user_id: user_id.to_owned() };
    world.users().block_user(with_token(token, request)).await.map(drop)
}

async fn unblock(world: &World, token: &str, user_id: &str) -> Result<(), Status> {
    let request = v1::UnblockUserRequest { user_id: user_id.to_owned() };
    world.users().unblock_user(with_token(token, request)).await.map(drop)
}

async fn list(
    world: &World,
    token: &str,
    page_size: Option<i32>,
    page_token: &str,
) -> Result<v1::ListBlockedUsersResponse, Status> {
    let request = v1::ListBlockedUsersRequest { page_size, page_token: page_token.to_owned() };
    Ok(world.users().list_blocked_users(with_token(token, request)).await?.into_inner())
}

/// What the message service is told about two people.
async fn is_blocked(world: &World, one: &v1::User, other: &v1::User) -> bool {
    let request =
        internal::CheckContactRequest { user_id: one.user_id.clone(), other_id: other.user_id.clone() };
    world.directory().check_contact(request).await.unwrap().into_inner().blocked
}

#[tokio::test]
async fn a_block_holds_in_both_directions_until_it_is_taken_back() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, bobs_token) = world.join("bob@example.com", "Bob").await;
    assert!(!is_blocked(&world, &ada, &bob).await);

    for _ in 0..2 {
        block(&world, &token, &bob.user_id).await.unwrap();
        assert!(is_blocked(&world, &ada, &bob).await && is_blocked(&world, &bob, &ada).await);
    }
    // It is not Bob's to take back.
    unblock(&world, &bobs_token, &ada.user_id).await.unwrap();
    assert!(is_blocked(&world, &ada, &bob).await);

    for _ in 0..2 {
        unblock(&world, &token, &bob.user_id).await.unwrap();
        assert!(!is_blocked(&world, &ada, &bob).await);
    }
}

#[tokio::test]
async fn people_see_whom_they_have_blocked_and_not_who_has_blocked_them() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let mut blocked = Vec::new();
    for name in ["Bob", "Cyd", "Eve"] {
        world.clock.advance(Duration::from_secs(1));
        let (user, their_token) = world.join(&format!("{name}@example.com"), name).await;
        block(&world, &token, &user.user_id).await.unwrap();
        assert_eq!(list(&world, &their_token, None, "").await.unwrap().blocked_users, []);
        let user = v1::User { email: String::new(), ..user };
        blocked.insert(0, (user.clone(), user.create_time));
    }

    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = list(&world, &token, Some(1), &page_token).await.unwrap();
        assert_eq!(page.blocked_users.len(), 1);
        seen.extend(page.blocked_users.into_iter().map(|one| (one.user.unwrap(), one.block_time)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, blocked);
    assert_eq!(world.me(&token).await.unwrap(), ada);
}

#[tokio::test]
async fn only_others_who_exist_can_be_blocked() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let oneself = block(&world, &token, &ada.user_id).await;
    assert_eq!(refusal(oneself), (Code::InvalidArgument, "ONESELF".into()));
    let nobody = block(&world, &token, NOBODY).await;
    assert_eq!(refusal(nobody), (Code::NotFound, "NO_SUCH_USER".into()));
    assert_eq!(bad_field(block(&world, &token, "bob").await).0, "user_id");
    assert_eq!(bad_field(unblock(&world, &token, "bob").await).0, "user_id");
    // There is nothing to take back, and that is what was wanted.
    unblock(&world, &token, NOBODY).await.unwrap();
}

#[tokio::test]
async fn bad_pages_of_blocked_people_are_refused_with_the_name_of_the_field() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    for (page_size, page_token, field) in [
        (Some(0), "", "page_size"),
        (Some(101), "", "page_size"),
        (Some(1_000_000), "", "page_size"),
        (None, "garbage", "page_token"),
    ] {
        assert_eq!(bad_field(list(&world, &token, page_size, page_token).await).0, field);
    }
}

#[tokio::test]
async fn whom_people_block_is_between_them_and_the_services() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let request = internal::CheckContactRequest { user_id: ada.user_id, other_id: NOBODY.into() };
    let mut outside =
        internal::user_directory_service_client::UserDirectoryServiceClient::new(world.channel.clone());
    let asked = outside.check_contact(with_token(&token, request)).await;
    assert_eq!(refusal(asked).0, Code::Unauthenticated);

    let nobody = world.users().block_user(v1::BlockUserRequest { user_id: NOBODY.into() }).await;
    assert_eq!(refusal(nobody).0, Code::Unauthenticated);
}
