//! How programs stay logged in, and how people look after their sessions.

use std::time::Duration;

use confab_proto::auth::v1;
use futures_util::future::join_all;
use tonic::{Code, Request, Status};

use crate::world::{PASSWORD, World, bad_field, log_in, refusal, sign_up, with_token};

const NEW_PASSWORD: &str = "staple battery horse";
/// As long as an answer may be lost, and a second.
const TOO_LATE: Duration = Duration::from_secs(11);

fn ended<T>(result: Result<T, Status>) -> bool {
    result.is_err() && refusal(result) == (Code::Unauthenticated, "SESSION_ENDED".into())
}

/// Logs Ada in with the program that calls itself `device`.
async fn device(world: &World, device: &str) -> v1::LogInResponse {
    let request = v1::LogInRequest { device_name: device.into(), ..log_in("ada@example.com", PASSWORD) };
    world.auth().log_in(request).await.unwrap().into_inner()
}

fn access(response: &v1::LogInResponse) -> &str {
    &response.access_token.as_ref().unwrap().token
}

async fn refresh(world: &World, token: &str) -> Result<v1::RefreshSessionResponse, Status> {
    let request = v1::RefreshSessionRequest { refresh_token: token.to_owned() };
    Ok(world.auth().refresh_session(request).await?.into_inner())
}

async fn sessions(world: &World, token: &str) -> Vec<v1::Session> {
    let list = with_token(token, v1::ListSessionsRequest {});
    world.auth().list_sessions(list).await.unwrap().into_inner().sessions
}

#[tokio::test]
async fn a_program_stays_logged_in_by_its_refresh_token() {
    let world = World::new().await;
    let joined =
        world.auth().sign_up(sign_up("ada@example.com", PASSWORD, "Ada")).await.unwrap().into_inner();
    let mut token = joined.refresh_token;
    for _ in 0..3 {
        world.clock.advance(Duration::from_hours(29 * 24));
        let next = refresh(&world, &token).await.unwrap();
        assert_ne!(next.refresh_token, token);
        assert_eq!(world.me(&next.access_token.unwrap().token).await.ok(), joined.user);
        token = next.refresh_token;
    }
}

#[tokio::test]
async fn a_lost_answer_can_be_had_again_and_a_stolen_token_ends_the_session() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let (phone, laptop) = (device(&world, "phone").await, device(&world, "laptop").await);
    let next = refresh(&world, &phone.refresh_token).await.unwrap();
    let again = refresh(&world, &phone.refresh_token).await.unwrap();
    assert_eq!(again.refresh_token, next.refresh_token);

    world.clock.advance(TOO_LATE);
    assert!(ended(refresh(&world, &phone.refresh_token).await));
    assert!(ended(refresh(&world, &next.refresh_token).await));
    assert!(ended(world.me(&next.access_token.unwrap().token).await));
    assert!(refresh(&world, &laptop.refresh_token).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_uses_of_one_token_at_once_have_one_answer() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let phone = device(&world, "phone").await;
    let answers = join_all((0..20).map(|_| refresh(&world, &phone.refresh_token))).await;
    let mut tokens: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().refresh_token).collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    assert!(refresh(&world, &tokens[0]).await.is_ok());
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let world = World::new().await;
    let (_, access) = world.join("ada@example.com", "Ada").await;
    for short in ["", "abc", &access] {
        assert_eq!(bad_field(refresh(&world, short).await).0, "refresh_token", "{short}");
    }
    for odd in ["A".repeat(86), "!".repeat(86), "_".repeat(86)] {
        assert!(ended(refresh(&world, &odd).await), "{odd}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_no_cookie() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let phone = device(&world, "phone").await;
    for part in [&phone.refresh_token[..43], &phone.refresh_token[43..]] {
        assert!(ended(world.exchange(part).await));
    }
}

#[tokio::test]
async fn people_see_where_they_are_logged_in() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    world.clock.advance(Duration::from_secs(1));
    let phone = device(&world, "Ada's phone").await;
    let mut request = Request::new(log_in("ada@example.com", PASSWORD));
    request.metadata_mut().insert("user-agent", "reader/1.0".parse().unwrap());
    world.clock.advance(Duration::from_secs(1));
    world.auth().log_in(request).await.unwrap();

    let sessions = sessions(&world, access(&phone)).await;
    let seen: Vec<_> = sessions.iter().map(|seen| (seen.device_name.as_str(), seen.current)).collect();
    assert_eq!(seen, [("reader/1.0", false), ("Ada's phone", true), ("", false)]);
    let bad = v1::LogInRequest { device_name: "a\nb".into(), ..log_in("ada@example.com", PASSWORD) };
    assert_eq!(bad_field(world.auth().log_in(bad).await).0, "device_name");
}

#[tokio::test]
async fn the_address_is_what_the_gateway_says_and_nobody_else() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let from = |address: &str| {
        let mut request = Request::new(log_in("ada@example.com", PASSWORD));
        request.metadata_mut().insert("confab-client-address", address.parse().unwrap());
        request
    };
    let mut gateway = v1::auth_service_client::AuthServiceClient::new(world.service_channel());
    gateway.log_in(from("198.51.100.7")).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let claimed = world.auth().log_in(from("203.0.113.7")).await.unwrap().into_inner();

    let seen = sessions(&world, access(&claimed)).await;
    let prefixes: Vec<_> = seen.iter().map(|session| session.address_prefix.as_str()).collect();
    assert!(prefixes.contains(&"198.51.100.0/24"), "{prefixes:?}");
    assert!(!prefixes.iter().any(|prefix| prefix.starts_with("203")), "{prefixes:?}");
}

#[tokio::test]
async fn one_session_is_ended_from_another() {
    let world = World::new().await;
    let (_, first) = world.join("ada@example.com", "Ada").await;
    world.clock.advance(Duration::from_secs(1));
    let (phone, laptop) = (device(&world, "phone").await, device(&world, "laptop").await);
    let listed = sessions(&world, access(&laptop)).await;
    let session_id = listed.iter().find(|seen| seen.device_name == "phone").unwrap().session_id.clone();

    let revoke = v1::RevokeSessionRequest { session_id };
    world.auth().revoke_session(with_token(access(&laptop), revoke)).await.unwrap();
    assert!(ended(refresh(&world, &phone.refresh_token).await));
    assert!(ended(world.me(access(&phone)).await));
    assert!(world.me(&first).await.is_ok());

    let others = v1::RevokeOtherSessionsRequest {};
    world.auth().revoke_other_sessions(with_token(access(&laptop), others)).await.unwrap();
    assert!(ended(world.me(&first).await));
    assert_eq!(sessions(&world, access(&laptop)).await.len(), 1);
    assert!(refresh(&world, &laptop.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let (here, there) = (device(&world, "here").await, device(&world, "there").await);
    let change = |old: &str, new: &str| {
        let request = v1::ChangePasswordRequest { old_password: old.into(), new_password: new.into() };
        with_token(access(&here), request)
    };
    for (old, new, field) in [
        ("wrong horse battery", NEW_PASSWORD, "old_password"),
        (PASSWORD, "password1", "new_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "ada@example.com", "new_password"),
        ("", NEW_PASSWORD, "old_password"),
    ] {
        assert_eq!(bad_field(world.auth().change_password(change(old, new)).await).0, field, "{old} {new}");
    }
    world.auth().change_password(change(PASSWORD, NEW_PASSWORD)).await.unwrap();

    assert!(world.me(access(&here)).await.is_ok());
    assert!(ended(refresh(&world, &there.refresh_token).await));
    let old = world.auth().log_in(log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(refusal(old), (Code::Unauthenticated, "WRONG_CREDENTIALS".into()));
    assert!(world.auth().log_in(log_in("ada@example.com", NEW_PASSWORD)).await.is_ok());
}
