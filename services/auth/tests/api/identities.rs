//! Logging in with others, whatever they say.

use std::collections::HashMap;
use std::time::Duration;

use confab_auth::{Config, ProviderConfig, Providers, SignUpPolicy};
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::doors::near;
use crate::factors::{confirm, enrol};
use crate::provider::{CLIENT, CODE, Fault, KEYS_AGE, Liar, SECRET, pkce};
use crate::world::{PASSWORD, World, config, log_in, refusal, with_token};

const ADA: &str = "ada@example.com";

/// Somebody who was sent to the provider: what it is to send back and to repeat, and
/// what their browser keeps.
pub struct Trip {
    state: String,
    nonce: String,
    challenge: String,
    binding: String,
}

pub async fn world(sign_up: SignUpPolicy) -> (World, Liar) {
    let liar = Liar::start().await;
    let provider = ProviderConfig {
        id: "liar".parse().unwrap(),
        name: "The liar".into(),
        issuer: liar.issuer.clone(),
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.into()),
    };
    let providers = Providers::new(vec![provider], "http://localhost:8080/oidc".into()).unwrap();
    let config = Config { password_cost: 4, sign_up, ..config() };
    (World::with_providers(config, providers).await, liar)
}

pub fn trip(url: &str, binding: String) -> Trip {
    let query = url.split_once('?').unwrap().1;
    let mut parts: HashMap<_, _> = query.split('&').filter_map(|part| part.split_once('=')).collect();
    assert_eq!((parts["response_type"], parts["code_challenge_method"]), ("code", "S256"));
    assert_eq!((parts["prompt"], parts["client_id"]), ("login", CLIENT));
    let mut take = |name| parts.remove(name).unwrap().to_owned();
    Trip { state: take("state"), nonce: take("nonce"), challenge: take("code_challenge"), binding }
}

pub async fn start(world: &World) -> Result<Trip, Status> {
    let request = v1::StartProviderLogInRequest { provider_id: "liar".into() };
    let sent = world.identities().start_provider_log_in(request).await?.into_inner();
    Ok(trip(&sent.authorization_url, sent.binding))
}

pub fn back(trip: &Trip) -> v1::FinishProviderLogInRequest {
    v1::FinishProviderLogInRequest {
        state: trip.state.clone(),
        code: CODE.into(),
        binding: trip.binding.clone(),
        ..v1::FinishProviderLogInRequest::default()
    }
}

pub async fn finish(world: &World, trip: &Trip) -> Result<v1::FinishProviderLogInResponse, Status> {
    Ok(world.identities().finish_provider_log_in(back(trip)).await?.into_inner())
}

/// What an honest provider says of somebody.
pub fn claims(world: &World, liar: &Liar, trip: &Trip, email: &str) -> Value {
    let now = world.now().as_seconds();
    json!({
        "iss": liar.issuer, "aud": CLIENT, "sub": format!("sub of {email}"), "nonce": trip.nonce,
        "iat": now, "exp": now + 300, "email": email, "email_verified": true, "name": "Ada L.",
    })
}

/// Logs in as whoever has `email` at the provider.
pub async fn enter(
    world: &World,
    liar: &Liar,
    email: &str,
) -> Result<v1::FinishProviderLogInResponse, Status> {
    let trip = start(world).await?;
    let said = claims(world, liar, &trip, email);
    liar.tell(|script| script.claims = said);
    finish(world, &trip).await
}

pub fn refused() -> (Code, String) {
    (Code::Unauthenticated, "PROVIDER_REFUSED".into())
}

#[tokio::test]
async fn people_sign_up_and_log_in_with_a_provider() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let listed = world.identities().list_providers(v1::ListProvidersRequest {}).await.unwrap().into_inner();
    assert_eq!(listed.providers, [v1::Provider { provider_id: "liar".into(), name: "The liar".into() }]);

    let joined = enter(&world, &liar, ADA).await.unwrap();
    let user = joined.user.unwrap();
    assert_eq!((user.name.as_str(), user.email.as_str(), user.email_verified), ("Ada L.", ADA, true));
    let trip = start(&world).await.unwrap();
    let said = claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let again = finish(&world, &trip).await.unwrap();
    assert_eq!(again.user.unwrap().user_id, user.user_id);
    let asked = liar.tell(|script| script.asked.clone()).unwrap();
    assert_eq!(pkce(&asked.code_verifier), trip.challenge);
    assert_eq!(
        (asked.grant_type.as_str(), asked.redirect_uri.as_str()),
        ("authorization_code", "http://localhost:8080/oidc")
    );
    assert_eq!(liar.tell(|script| script.keys_fetched), 1);

    let token = again.access_token.unwrap().token;
    let request = with_token(&token, v1::ListIdentitiesRequest {});
    let identities = world.identities().list_identities(request).await.unwrap().into_inner().identities;
    assert_eq!((identities.len(), identities[0].email.as_str()), (1, ADA));
    // There is no password that opens the account.
    for password in ["", "x", PASSWORD] {
        assert!(world.auth().log_in(log_in(ADA, password)).await.is_err());
    }
}

#[tokio::test]
async fn whoever_comes_back_was_sent_from_the_same_browser_and_comes_once() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let no_such_attempt = (Code::Unauthenticated, "NO_SUCH_ATTEMPT".to_owned());
    let one = start(&world).await.unwrap();
    let other = start(&world).await.unwrap();
    let said = claims(&world, &liar, &one, ADA);
    liar.tell(|script| script.claims = said);
    let mixed_up = Trip { state: one.state.clone(), ..start(&world).await.unwrap() };
    assert_eq!(refusal(finish(&world, &mixed_up).await), no_such_attempt);
    assert_eq!(refusal(finish(&world, &one).await), no_such_attempt, "whoever tries has used it up");
    for odd in ["", "short", &"a".repeat(43)] {
        let odd = Trip { state: odd.into(), ..start(&world).await.unwrap() };
        assert_eq!(refusal(finish(&world, &odd).await), no_such_attempt);
    }
    world.clock.advance(Duration::from_mins(10));
    assert_eq!(refusal(finish(&world, &other).await), no_such_attempt);
    let trip = start(&world).await.unwrap();
    let wrong = v1::FinishProviderLogInRequest { code: "another".into(), ..back(&trip) };
    assert_eq!(refusal(world.identities().finish_provider_log_in(wrong).await), refused());
    let nowhere = v1::StartProviderLogInRequest { provider_id: "nobody".into() };
    let nowhere = world.identities().start_provider_log_in(nowhere).await;
    assert_eq!(refusal(nowhere), (Code::NotFound, "NO_SUCH_PROVIDER".into()));
}

#[tokio::test]
async fn nothing_but_the_whole_of_what_is_sent_back_opens() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    for place in 0..3 {
        for number in 0.. {
            let trip = start(&world).await.unwrap();
            let said = claims(&world, &liar, &trip, ADA);
            liar.tell(|script| script.claims = said);
            let mut request = back(&trip);
            let field = match place {
                0 => &mut request.state,
                1 => &mut request.code,
                _ => &mut request.binding,
            };
            let Some(wrong) = near(field).into_iter().nth(number) else { break };
            *field = wrong;
            assert!(world.identities().finish_provider_log_in(request.clone()).await.is_err(), "{request:?}");
        }
    }
    enter(&world, &liar, ADA).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_lies_is_not_believed() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let now = world.now().as_seconds();
    let lies = [
        ("iss", json!("https://evil.example")),
        ("aud", json!("somebody else")),
        ("aud", json!([])),
        ("aud", json!([CLIENT, "somebody else"])),
        ("azp", json!("somebody else")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("exp", json!(now - 600)),
        ("exp", json!("never")),
        ("iat", json!(now + 600)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", Value::Null),
    ];
    for (claim, lie) in lies {
        let trip = start(&world).await.unwrap();
        let mut said = claims(&world, &liar, &trip, ADA);
        said[claim] = lie.clone();
        liar.tell(|script| script.claims = said);
        assert_eq!(refusal(finish(&world, &trip).await), refused(), "{claim}: {lie}");
    }
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "EdDSA", "kid": "unknown" }),
    ] {
        liar.tell(|script| script.header = header.clone());
        assert_eq!(refusal(enter(&world, &liar, ADA).await), refused(), "{header}");
    }
    liar.tell(|script| (script.header, script.stolen) = (json!({ "alg": "EdDSA" }), true));
    assert_eq!(refusal(enter(&world, &liar, ADA).await), refused(), "another key by the same name");
    liar.tell(|script| script.stolen = false);
    enter(&world, &liar, ADA).await.unwrap();
}

#[tokio::test]
async fn keys_are_fetched_again_when_they_change_and_not_all_the_time() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    enter(&world, &liar, ADA).await.unwrap();
    liar.rotate();
    assert_eq!(refusal(enter(&world, &liar, ADA).await), refused(), "not so soon");
    assert_eq!(liar.tell(|script| script.keys_fetched), 1);
    world.clock.advance(KEYS_AGE);
    enter(&world, &liar, ADA).await.unwrap();
    assert_eq!(liar.tell(|script| script.keys_fetched), 2);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_as_it_should_is_said_to_be_down() {
    for fault in [Fault::Down, Fault::Huge, Fault::Moved, Fault::Garbage, Fault::OtherIssuer, Fault::Stalled]
    {
        let (world, liar) = world(SignUpPolicy::Open).await;
        liar.tell(|script| script.fault = fault);
        assert_eq!(refusal(start(&world).await), (Code::Unavailable, "PROVIDER_DOWN".into()));
        liar.tell(|script| script.fault = Fault::None);
        enter(&world, &liar, ADA).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_is_linked_only_if_both_sides_have_proved_the_address() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let (user, token) = world.join(ADA, "Ada").await;
    // She has not proved it here: somebody else may have signed up with her address.
    assert_eq!(refusal(enter(&world, &liar, ADA).await), (Code::FailedPrecondition, "LINK_NEEDED".into()));
    let trip = start(&world).await.unwrap();
    let mut said = claims(&world, &liar, &trip, "bob@example.com");
    said["email_verified"] = json!(false);
    liar.tell(|script| script.claims = said);
    let unproved = finish(&world, &trip).await;
    assert_eq!(refusal(unproved), (Code::FailedPrecondition, "PROVIDER_EMAIL_UNVERIFIED".into()));

    let request = || with_token(&token, v1::StartProviderLinkRequest { provider_id: "liar".into() });
    let early = world.identities().start_provider_link(request()).await;
    assert_eq!(refusal(early).1, "STEP_UP_NEEDED");
    confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    let sent = world.identities().start_provider_link(request()).await.unwrap().into_inner();
    let trip = crate::identities::trip(&sent.authorization_url, sent.binding);
    let said = claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let as_log_in = finish(&world, &trip).await;
    assert_eq!(refusal(as_log_in).1, "NO_SUCH_ATTEMPT", "it was begun to link");
    let sent = world.identities().start_provider_link(request()).await.unwrap().into_inner();
    let trip = crate::identities::trip(&sent.authorization_url, sent.binding);
    let said = claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let request =
        v1::FinishProviderLinkRequest { state: trip.state, code: CODE.into(), binding: trip.binding };
    let request = with_token(&token, request);
    let linked =
        world.identities().finish_provider_link(request).await.unwrap().into_inner().identity.unwrap();
    let welcome = enter(&world, &liar, ADA).await.unwrap();
    assert_eq!(welcome.user.unwrap().user_id, user.user_id);

    let delete = v1::DeleteIdentityRequest { identity_id: linked.identity_id };
    world.identities().delete_identity(with_token(&token, delete)).await.unwrap();
    assert_eq!(refusal(enter(&world, &liar, ADA).await).1, "LINK_NEEDED");
}

#[tokio::test]
async fn neither_the_second_factor_nor_the_rule_who_may_sign_up_is_gone_around() {
    let (world, liar) = world(SignUpPolicy::Invited).await;
    let joined = enter(&world, &liar, ADA).await.unwrap();
    assert_eq!(refusal(enter(&world, &liar, "bob@example.com").await).1, "INVITE_NEEDED");

    let token = joined.access_token.unwrap().token;
    let request = with_token(&token, v1::BeginTotpRequest { password: PASSWORD.into() });
    let refused = world.factors().begin_totp(request).await;
    assert_eq!(refusal(refused).1, "WRONG_PASSWORD", "she has none");

    let (world, liar) = crate::identities::world(SignUpPolicy::Open).await;
    let (_, token) = world.join(ADA, "Ada").await;
    confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    let request = with_token(&token, v1::StartProviderLinkRequest { provider_id: "liar".into() });
    let sent = world.identities().start_provider_link(request).await.unwrap().into_inner();
    let trip = trip(&sent.authorization_url, sent.binding);
    let said = claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let request =
        v1::FinishProviderLinkRequest { state: trip.state, code: CODE.into(), binding: trip.binding };
    world.identities().finish_provider_link(with_token(&token, request)).await.unwrap();
    enrol(&world, &token).await;
    let entry = enter(&world, &liar, ADA).await.unwrap();
    assert_eq!((entry.user, entry.access_token), (None, None));
    assert_eq!(entry.second_factor.unwrap().challenge.len(), 43);
}
