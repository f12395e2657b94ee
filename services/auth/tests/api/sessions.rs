//! Sessions of browsers, and how sessions end.

use std::time::Duration;

use confab_proto::auth::v1;
use confab_rpc::metadata::{SESSION_CLEAR, SESSION_MAX_AGE, SESSION_SET};
use tonic::{Code, Response};

use crate::world::{PASSWORD, SESSION_LIFETIME, World, log_in, refusal, sign_up, with_token};

fn for_a_browser(request: v1::LogInRequest) -> v1::LogInRequest {
    v1::LogInRequest { session_delivery: v1::SessionDelivery::Cookie.into(), ..request }
}

fn secret_in<T>(response: &Response<T>) -> String {
    response.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned()
}

/// Signs Ada up and logs her in with a browser; returns the secret in its cookie.
async fn browser(world: &World) -> String {
    world.join("ada@example.com", "Ada").await;
    let response = world.auth().log_in(for_a_browser(log_in("ada@example.com", PASSWORD))).await.unwrap();
    secret_in(&response)
}

#[tokio::test]
async fn a_browser_gets_a_cookie_and_no_token() {
    let world = World::new().await;
    let request = v1::SignUpRequest {
        session_delivery: v1::SessionDelivery::Cookie.into(),
        ..sign_up("ada@example.com", PASSWORD, "Ada")
    };
    let signed_up = world.auth().sign_up(request).await.unwrap();
    let logged_in = world.auth().log_in(for_a_browser(log_in("ada@example.com", PASSWORD))).await.unwrap();

    let secrets = [secret_in(&signed_up), secret_in(&logged_in)];
    assert_ne!(secrets[0], secrets[1]);
    assert_eq!(secrets.map(|secret| secret.len()), [43, 43]);
    let max_age = logged_in.metadata().get(SESSION_MAX_AGE).unwrap();
    assert_eq!(max_age.to_str().unwrap(), SESSION_LIFETIME.as_secs().to_string());
    assert_eq!(signed_up.into_inner().access_token, None);
    assert_eq!(logged_in.into_inner().access_token, None);
}

#[tokio::test]
async fn a_program_gets_a_token_and_no_cookie() {
    let world = World::new().await;
    let response = world.auth().sign_up(sign_up("ada@example.com", PASSWORD, "Ada")).await.unwrap();
    assert!(response.metadata().get(SESSION_SET).is_none());
    assert!(response.into_inner().access_token.is_some());
}

#[tokio::test]
async fn the_gateway_swaps_a_cookie_for_a_token() {
    let world = World::new().await;
    let secret = browser(&world).await;
    let token = world.exchange(&secret).await.unwrap();
    assert_eq!(world.me(&token).await.unwrap().email, "ada@example.com");
}

#[tokio::test]
async fn a_made_up_cookie_is_refused() {
    let world = World::new().await;
    browser(&world).await;
    let refused = world.exchange(&"A".repeat(43)).await;
    assert_eq!(refusal(refused), (Code::Unauthenticated, "SESSION_ENDED".into()));
}

#[tokio::test]
async fn logging_out_ends_the_session_and_clears_the_cookie() {
    let world = World::new().await;
    let secret = browser(&world).await;
    let token = world.exchange(&secret).await.unwrap();

    let response = world.auth().log_out(with_token(&token, v1::LogOutRequest {})).await.unwrap();
    assert!(response.metadata().get(SESSION_CLEAR).is_some());

    assert_eq!(refusal(world.exchange(&secret).await), (Code::Unauthenticated, "SESSION_ENDED".into()));
    assert_eq!(refusal(world.me(&token).await), (Code::Unauthenticated, "SESSION_ENDED".into()));
    let profile = Some(v1::Profile { name: "Ghost".to_owned(), ..v1::Profile::default() });
    let rename = v1::UpdateProfileRequest { profile, update_mask: None };
    let refused = world.auth().update_profile(with_token(&token, rename)).await;
    assert_eq!(refusal(refused), (Code::Unauthenticated, "SESSION_ENDED".into()));
    // A second time is no error: the answer to the first may have been lost.
    world.auth().log_out(with_token(&token, v1::LogOutRequest {})).await.unwrap();
}

#[tokio::test]
async fn logging_out_here_leaves_the_other_devices_alone() {
    let world = World::new().await;
    let (_, here) = world.join("ada@example.com", "Ada").await;
    let there = world.auth().log_in(log_in("ada@example.com", PASSWORD)).await.unwrap().into_inner();
    let there = there.access_token.unwrap().token;

    world.auth().log_out(with_token(&here, v1::LogOutRequest {})).await.unwrap();
    assert!(world.me(&there).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_after_its_life() {
    let world = World::new().await;
    let secret = browser(&world).await;
    world.clock.advance(SESSION_LIFETIME.checked_sub(Duration::from_secs(1)).unwrap());
    assert!(world.exchange(&secret).await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(refusal(world.exchange(&secret).await), (Code::Unauthenticated, "SESSION_ENDED".into()));
}

#[tokio::test]
async fn no_secret_is_in_the_database_as_it_is() {
    let world = World::new().await;
    let secret = browser(&world).await;
    let token = world.exchange(&secret).await.unwrap();
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for text in [&secret, &token, PASSWORD] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
        }
    }
}
