//! What people are given of what is kept of them.

use std::io::{Cursor, Read};

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use tonic::{Code, Status};

use crate::factors::confirm;
use crate::world::{PASSWORD, World, refusal, with_token};

const PICTURE: &str = "0192c1f0-0000-7000-8000-000000000001";

/// Puts the parts together as a client does, and returns the files by their names.
async fn export(world: &World, token: &str) -> Result<Vec<(String, String)>, Status> {
    let mut parts =
        world.auth().export_account(with_token(token, v1::ExportAccountRequest {})).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(part) = parts.message().await? {
        bytes.extend(part.chunk);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        files.push((name, text));
    }
    Ok(files)
}

#[tokio::test]
async fn whoever_proves_who_they_are_gets_all_that_is_kept_of_them_and_no_secret() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    let block = v1::BlockUserRequest { user_id: bob.user_id.clone() };
    world.users().block_user(with_token(&token, block)).await.unwrap();
    let shown = v1::Profile { picture_id: PICTURE.into(), ..v1::Profile::default() };
    let shown = v1::UpdateProfileRequest { profile: Some(shown), update_mask: None };
    world.auth().update_profile(with_token(&token, shown)).await.unwrap();
    let invite = with_token(&token, v1::CreateInviteRequest::default());
    let invited = world.invites().create_invite(invite).await.unwrap().into_inner();

    let refused = export(&world, &token).await;
    assert_eq!(refusal(refused), (Code::FailedPrecondition, "STEP_UP_NEEDED".into()));
    confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    let files = export(&world, &token).await.unwrap();

    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "profile.json",
        "sessions.jsonl",
        "passkeys.jsonl",
        "identities.jsonl",
        "invites.jsonl",
        "blocked_users.jsonl",
        "audit_events.jsonl",
    ];
    assert_eq!(names, expected);
    let lines = |number: usize| -> Vec<serde_json::Value> {
        files[number].1.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let profile = &lines(0)[0];
    assert_eq!(profile["picture_id"], PICTURE);
    assert_eq!((&profile["user_id"], &profile["email"]), (&ada.user_id.into(), &ada.email.into()));
    assert_eq!([1, 2, 3, 4].map(|number| lines(number).len()), [1, 0, 0, 1]);
    assert_eq!(lines(5)[0]["user_id"], bob.user_id.as_str());
    let events: Vec<_> = lines(6).iter().map(|event| event["event"].clone()).collect();
    assert!(
        events.contains(&"signed-up".into()) && events.contains(&"account-exported".into()),
        "{events:?}"
    );

    let all: String = files.iter().map(|(_, text)| text.as_str()).collect();
    for secret in [PASSWORD, "$2b$", &token, &invited.code] {
        assert!(!all.contains(secret));
    }
}
