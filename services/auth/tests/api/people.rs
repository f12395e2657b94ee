//! Finding others.

use std::time::Duration;

use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use tonic::Code;

use crate::world::{World, bad_field, refusal, with_token};

const NOBODY: &str = "018f0000-0000-7000-8000-000000000000";

fn list(name_prefix: &str, page_size: Option<i32>, page_token: &str) -> v1::ListUsersRequest {
    v1::ListUsersRequest { name_prefix: name_prefix.to_owned(), page_size, page_token: page_token.to_owned() }
}

#[tokio::test]
async fn nobody_sees_the_address_of_another() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    let ids = vec![bob.user_id.clone(), ada.user_id.clone()];

    let got =
        world.users().get_user(with_token(&token, v1::GetUserRequest { user_id: bob.user_id.clone() })).await;
    let batch =
        world.users().batch_get_users(with_token(&token, v1::BatchGetUsersRequest { user_ids: ids })).await;
    let listed = world.users().list_users(with_token(&token, list("", None, ""))).await;

    let mut seen = vec![got.unwrap().into_inner().user.unwrap()];
    seen.extend(batch.unwrap().into_inner().users);
    seen.extend(listed.unwrap().into_inner().users);
    assert_eq!(seen.len(), 5);
    for user in seen {
        let original = if user.user_id == bob.user_id { &bob } else { &ada };
        assert_eq!(user, v1::User { email: String::new(), ..original.clone() });
    }
}

#[tokio::test]
async fn people_are_listed_page_by_page_and_by_prefix() {
    let world = World::new().await;
    let (_, token) = world.join("a@example.com", "Zoe").await;
    for (email, name) in [("b@example.com", "alex"), ("c@example.com", "Alex"), ("d@example.com", "Bob")] {
        // Namesakes are in the order in which they joined.
        world.clock.advance(Duration::from_secs(1));
        world.join(email, name).await;
    }

    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = with_token(&token, list("", Some(1), &page_token));
        let page = world.users().list_users(request).await.unwrap().into_inner();
        assert_eq!(page.users.len(), 1);
        names.extend(page.users.into_iter().map(|user| user.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["alex", "Alex", "Bob", "Zoe"]);

    let found =
        world.users().list_users(with_token(&token, list("AL", None, ""))).await.unwrap().into_inner();
    assert_eq!((found.users.len(), found.next_page_token.as_str()), (2, ""));
}

#[tokio::test]
async fn bad_pages_are_refused_with_the_name_of_the_field() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    world.join("bob@example.com", "Bob").await;
    let first =
        world.users().list_users(with_token(&token, list("", Some(1), ""))).await.unwrap().into_inner();

    for (request, field) in [
        (list("", Some(0), ""), "page_size"),
        (list("", Some(-1), ""), "page_size"),
        (list("", Some(1_000_000), ""), "page_size"),
        (list("", None, "garbage"), "page_token"),
        (list("b", None, &first.next_page_token), "page_token"),
        (list(&"x".repeat(101), None, ""), "name_prefix"),
    ] {
        let refused = world.users().list_users(with_token(&token, request.clone())).await;
        assert_eq!(bad_field(refused).0, field, "{request:?}");
    }
}

#[tokio::test]
async fn who_does_not_exist_is_not_found_and_left_out_of_batches() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;

    let missing =
        world.users().get_user(with_token(&token, v1::GetUserRequest { user_id: NOBODY.into() })).await;
    assert_eq!(refusal(missing), (Code::NotFound, "NO_SUCH_USER".into()));

    let user_ids = vec![NOBODY.to_owned(), ada.user_id.clone(), ada.user_id.clone()];
    let batch =
        world.users().batch_get_users(with_token(&token, v1::BatchGetUsersRequest { user_ids })).await;
    let found: Vec<_> = batch.unwrap().into_inner().users.into_iter().map(|user| user.user_id).collect();
    assert_eq!(found, [ada.user_id]);
}

#[tokio::test]
async fn ids_that_are_none_are_refused() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let refused =
        world.users().get_user(with_token(&token, v1::GetUserRequest { user_id: "me".into() })).await;
    assert_eq!(bad_field(refused).0, "user_id");

    let request = v1::BatchGetUsersRequest { user_ids: vec![] };
    let refused = world.users().batch_get_users(with_token(&token, request)).await;
    assert_eq!(bad_field(refused).0, "user_ids");
}

#[tokio::test]
async fn other_services_learn_who_exists() {
    let world = World::new().await;
    let (ada, _) = world.join("ada@example.com", "Ada").await;
    let user_ids = vec![NOBODY.to_owned(), ada.user_id.clone()];
    let request = internal::FilterUsersRequest { user_ids, caller_id: NOBODY.to_owned() };
    let found = world.directory().filter_users(request).await.unwrap();
    assert_eq!(found.into_inner().user_ids, [ada.user_id]);
}

fn update(profile: v1::Profile, paths: &[&str]) -> v1::UpdateProfileRequest {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    v1::UpdateProfileRequest { profile: Some(profile), update_mask: Some(prost_types::FieldMask { paths }) }
}

#[tokio::test]
async fn what_somebody_says_of_themselves_is_seen_by_others() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (_, other) = world.join("bob@example.com", "Bob").await;
    let said = v1::Profile {
        name: "not meant".into(),
        status_text: "Back on Monday".into(),
        time_zone: "europe/berlin".into(),
        ..v1::Profile::default()
    };
    let request = update(said.clone(), &["status_text", "time_zone"]);
    world.auth().update_profile(with_token(&token, request)).await.unwrap();

    let seen = async || {
        let request = v1::GetUserRequest { user_id: ada.user_id.clone() };
        let user = world.users().get_user(with_token(&other, request)).await.unwrap().into_inner().user;
        let user = user.unwrap();
        (user.name, user.status_text, user.time_zone)
    };
    assert_eq!(seen().await, ("Ada".into(), "Back on Monday".into(), "Europe/Berlin".into()));

    let request = update(v1::Profile::default(), &["status_text", "time_zone"]);
    world.auth().update_profile(with_token(&token, request)).await.unwrap();
    assert_eq!(seen().await, ("Ada".into(), String::new(), String::new()));

    let atlantis = v1::Profile { time_zone: "Europe/Atlantis".into(), ..said };
    let refused = world.auth().update_profile(with_token(&token, update(atlantis, &["time_zone"]))).await;
    assert_eq!(bad_field(refused).0, "profile.time_zone");
}

#[tokio::test]
async fn who_may_contact_somebody_is_for_them_to_set() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    let (ada_id, mut users) = (world.me(&token).await.unwrap().user_id, world.users());
    for (policy, may, groups_only) in [
        (v1::ContactPolicy::Nobody, false, false),
        (v1::ContactPolicy::SharedGroup, true, true),
        (v1::ContactPolicy::Anyone, true, false),
    ] {
        let request = v1::SetContactPolicyRequest { contact_policy: policy.into() };
        users.set_contact_policy(with_token(&token, request)).await.unwrap();
        let got = users.get_contact_policy(with_token(&token, v1::GetContactPolicyRequest {})).await;
        assert_eq!(got.unwrap().into_inner().contact_policy(), policy);

        let request =
            internal::CheckContactRequest { user_id: bob.user_id.clone(), other_id: ada_id.clone() };
        let contact = world.directory().check_contact(request).await.unwrap().into_inner();
        assert_eq!((contact.blocked, contact.groups_only), (!may, groups_only), "{policy:?}");

        let user_ids = vec![ada_id.clone()];
        let request = internal::FilterUsersRequest { user_ids, caller_id: bob.user_id.clone() };
        let found = world.directory().filter_users(request).await.unwrap().into_inner();
        assert_eq!(found.user_ids.len(), usize::from(may), "{policy:?}");
        assert_eq!(found.groups_only_user_ids.len(), usize::from(groups_only), "{policy:?}");
    }
}
