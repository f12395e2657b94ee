//! What the verifier accepts, and everything else that it does not.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{ManualClock, SessionId, UserId};
use futures_util::stream::{self, StreamExt};
use http::{HeaderValue, Request, Response};
use http_body_util::BodyExt;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::Jwk;
use serde_json::{Value, json};
use tokio::time::timeout;
use tonic::Code;
use tonic::service::Routes;
use tower::ServiceExt;

use super::*;
use crate::{PublicKey, guard};

/// A private key in PKCS#8 (RFC 8410) is this and 32 bytes, here all the same.
const PKCS8_PREFIX: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const NOW: i64 = 1_700_000_000;

/// The keys that auth has now.
struct Published(Mutex<Vec<PublicKey>>);

#[async_trait]
impl KeySource for Published {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        Ok(self.0.lock().unwrap().clone())
    }
}

struct World {
    verifier: TokenVerifier,
    clock: Arc<ManualClock>,
    key: EncodingKey,
    public: Vec<u8>,
    published: Arc<Published>,
    service_key: ServiceKey,
}

fn world() -> World {
    let key = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &[7; 32]].concat());
    let jwk = serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap()).unwrap();
    let public = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1_000)));
    let service_key = ServiceKey::generate().unwrap();
    let published = vec![PublicKey { id: "k".into(), bytes: public.clone() }];
    let published = Arc::new(Published(Mutex::new(published)));
    let verifier = TokenVerifier::new(published.clone(), &service_key, clock.clone());
    World { verifier, clock, key, public, published, service_key }
}

fn claims() -> Value {
    let now = Timestamp::from_millis(0);
    json!({
        "iss": ACCESS_ISSUER, "aud": ACCESS_AUDIENCE, "iat": NOW, "exp": NOW + 600,
        "sub": UserId::new(now).to_string(), "sid": SessionId::new(now).to_string(),
    })
}

fn header() -> Header {
    Header { typ: Some(ACCESS_TYP.into()), kid: Some("k".into()), ..Header::new(Algorithm::EdDSA) }
}

fn bearer_headers(token: &str) -> HeaderMap {
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}

impl World {
    async fn user(&self, token: &str) -> Result<Caller, Status> {
        self.verifier.verify_user(&bearer_headers(token)).await
    }

    async fn user_with(&self, header: &Header, claims: &Value) -> Result<Caller, Status> {
        self.user(&jsonwebtoken::encode(header, claims, &self.key).unwrap()).await
    }
}

fn changed(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_good_token_names_its_user_until_it_ends() {
    let world = world();
    let token = jsonwebtoken::encode(&header(), &claims(), &world.key).unwrap();
    let caller = world.user(&token).await.unwrap();
    assert_eq!(caller.expires.as_seconds(), NOW + 600);

    world.clock.advance(Duration::from_mins(10) + Duration::from_secs(4));
    assert_eq!(world.user(&token).await.unwrap(), caller);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.user(&token).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn claims_that_are_not_ours_are_refused() {
    let world = world();
    for (name, value) in [
        ("iss", json!("somebody")),
        ("iss", json!(null)),
        ("aud", json!("confab.internal")),
        ("aud", json!(["confab", "other"])),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sid", json!("x")),
        ("exp", json!(NOW - 6)),
        ("exp", json!(1.5)),
        ("exp", json!("9999999999")),
        ("exp", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(null)),
        ("iat", json!(NOW + 6)),
        ("nbf", json!(NOW + 6)),
        ("nbf", json!("soon")),
    ] {
        let refused = world.user_with(&header(), &changed(name, value.clone())).await;
        assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated, "{name}: {value}");
    }
}

#[tokio::test]
async fn claims_of_another_type_are_refused() {
    let world = world();
    let of_a_type = |name: &str| -> Vec<Value> {
        // What is a number, in a form that is none, or a text that is no id.
        let text = if name == "exp" { json!((NOW + 600).to_string()) } else { json!("1700000000") };
        let float = json!(1_700_000_300.5);
        vec![text, float, json!(-1), json!(-0.5), json!(1_u64 << 63), Value::Null, json!([NOW]), json!({})]
    };
    let mut count = 0;
    for name in ["exp", "nbf", "iat", "sub", "aud", "sid", "iss"] {
        for value in of_a_type(name) {
            let refused = world.user_with(&header(), &changed(name, value.clone())).await;
            assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated, "{name}: {value}");
            count += 1;
        }
    }
    println!("{count} of {count} refused");
}

#[tokio::test]
async fn clocks_may_be_five_seconds_apart_and_no_more() {
    let leeway = i64::try_from(LEEWAY.as_secs()).unwrap();
    assert_eq!(leeway, 5);
    let world = world();
    for (name, time, is_accepted) in [
        ("exp", NOW + 1, true),
        ("exp", NOW, true),
        ("exp", NOW - leeway + 1, true),
        ("exp", NOW - leeway, false),
        ("exp", NOW - leeway - 1, false),
        ("nbf", NOW - 1, true),
        ("nbf", NOW + leeway, true),
        ("nbf", NOW + leeway + 1, false),
        ("iat", NOW + leeway, true),
        ("iat", NOW + leeway + 1, false),
    ] {
        let said = world.user_with(&header(), &changed(name, json!(time))).await;
        assert_eq!(said.is_ok(), is_accepted, "{name} at now{:+}: {said:?}", time - NOW);
    }
}

#[tokio::test]
async fn no_token_lives_longer_than_auth_makes_them() {
    let lifetime = i64::try_from(ACCESS_LIFETIME.as_secs()).unwrap();
    let world = world();
    for (issued, expires, is_accepted) in [
        (NOW, NOW + lifetime, true),
        (NOW - 60, NOW - 60 + lifetime, true),
        (NOW, NOW + lifetime + 1, false),
        (NOW - 60, NOW - 60 + lifetime + 1, false),
        (0, NOW + 1, false),
        (NOW, NOW + 365 * 86_400, false),
    ] {
        let said = json!({ "iat": issued, "exp": expires });
        let mut claims = claims();
        claims.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        let answer = world.user_with(&header(), &claims).await;
        assert_eq!(answer.is_ok(), is_accepted, "{said}: {answer:?}");
    }
}

#[tokio::test]
async fn what_a_removed_key_has_signed_is_refused_though_it_was_good_before() {
    /// How often the token is shown at the most, before its key is forgotten.
    const SHOWN_MAX: usize = 100;
    let world = world();
    let token = jsonwebtoken::encode(&header(), &claims(), &world.key).unwrap();
    world.user(&token).await.unwrap();
    world.published.0.lock().unwrap()[0].id = "next".into();

    // As long as keys are used without asking; the token is good for as long again.
    world.clock.advance(ACCESS_LIFETIME / 2);
    world.user(&token).await.unwrap();
    let mut shown = 0;
    while world.user(&token).await.is_ok() {
        shown += 1;
        assert!(shown < SHOWN_MAX, "the key is not forgotten");
        tokio::task::yield_now().await;
    }
    let next = Header { kid: Some("next".into()), ..header() };
    world.user_with(&next, &claims()).await.unwrap();
    assert_eq!(world.user(&token).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn headers_that_are_not_ours_are_refused() {
    let world = world();
    for odd in [
        Header { typ: Some("JWT".into()), ..header() },
        Header { typ: None, ..header() },
        Header { typ: Some(SERVICE_TYP.into()), ..header() },
        Header { kid: None, ..header() },
        Header { kid: Some("../../etc/passwd".into()), ..header() },
        Header { jku: Some("http://localhost/keys".into()), ..header() },
        Header { x5u: Some("http://localhost/cert".into()), ..header() },
        Header { crit: Some(vec!["exp".into()]), ..header() },
        Header { cty: Some("JWT".into()), ..header() },
    ] {
        let refused = world.user_with(&odd, &claims()).await;
        assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated, "{odd:?}");
    }
}

#[tokio::test]
async fn forgeries_are_refused() {
    let world = world();
    let good = jsonwebtoken::encode(&header(), &claims(), &world.key).unwrap();
    let [head, body, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());

    let unsigned = encode(json!({"alg": "none", "typ": ACCESS_TYP, "kid": "k"}));
    let as_secret = EncodingKey::from_secret(&world.public);
    let symmetric = Header { alg: Algorithm::HS256, ..header() };
    let other_key = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &[8; 32]].concat());
    let twice = URL_SAFE_NO_PAD.encode(claims().to_string().replacen('{', "{\"sub\":\"x\",", 1));

    for forged in [
        format!("{unsigned}.{body}."),
        format!("{unsigned}.{body}"),
        jsonwebtoken::encode(&symmetric, &claims(), &as_secret).unwrap(),
        jsonwebtoken::encode(&header(), &claims(), &other_key).unwrap(),
        format!("{head}.{}.{signature}", encode(changed("exp", json!(NOW + 6_000)))),
        format!("{head}.{body}."),
        format!("{head}.{body}.{signature}.{signature}"),
        format!("{head}.{body}.{signature}="),
        format!("{head}.{twice}.{signature}"),
        format!("{head}..{signature}"),
        "..".into(),
        String::new(),
        "a".repeat(TOKEN_BYTES_MAX),
        world.service_key.sign("message", world.clock.now()),
    ] {
        assert_eq!(world.user(&forged).await.unwrap_err().code(), Code::Unauthenticated, "{forged}");
    }
    assert!(world.user(&good).await.is_ok());
}

#[tokio::test]
async fn a_request_has_one_token_and_says_so_in_one_way() {
    let world = world();
    let good = jsonwebtoken::encode(&header(), &claims(), &world.key).unwrap();
    let mut twice = bearer_headers(&good);
    twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    let basic = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Basic dTpw"))]);

    for headers in [HeaderMap::new(), twice, basic] {
        let refused = world.verifier.verify_user(&headers).await;
        assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated, "{headers:?}");
    }
}

#[tokio::test]
async fn services_are_known_by_their_own_kind_of_token() {
    let world = world();
    let token = world.service_key.sign("message", world.clock.now());
    let verify = |token: &str| world.verifier.verify_service(&bearer_headers(token));
    assert_eq!(verify(&token).unwrap(), "message");

    let users = jsonwebtoken::encode(&header(), &claims(), &world.key).unwrap();
    let strangers = ServiceKey::generate().unwrap().sign("message", world.clock.now());
    for refused in [users, strangers] {
        assert_eq!(verify(&refused).unwrap_err().code(), Code::Unauthenticated, "{refused}");
    }
    world.clock.advance(SERVICE_LIFETIME + LEEWAY);
    assert_eq!(verify(&token).unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_of_a_session_that_was_ended_is_refused_though_it_was_good_before() {
    let world = world();
    let revoked = Arc::new(Revoked::default());
    let world = World { verifier: world.verifier.heeding(revoked.clone()), ..world };
    let caller = world.user_with(&header(), &claims()).await.unwrap();
    let same_session = changed("sid", caller.session.to_string().into());
    assert!(world.user_with(&header(), &same_session).await.is_ok());

    revoked.add(caller.session, caller.expires, world.clock.now());
    let refused = world.user_with(&header(), &same_session).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert!(refused.message().contains("log in again"), "{refused:?}");
    assert!(world.user_with(&header(), &claims()).await.is_ok(), "another session goes on");
}

#[tokio::test]
async fn what_goes_on_ends_with_the_session_that_asked_for_it() {
    let world = world();
    let (revoked, now) = (Arc::new(Revoked::default()), world.clock.now());
    let verifier = Arc::new(world.verifier.heeding(revoked.clone()));
    let goes_on = async || {
        let part = stream::iter([Ok::<_, axum::Error>(Bytes::from_static(b"part"))]);
        Response::new(Body::from_stream(part.chain(stream::pending())))
    };
    let service = guard(Routes::from(Router::new().fallback(goes_on)), verifier).into_axum_router();
    let claims = claims();
    let token = jsonwebtoken::encode(&header(), &claims, &world.key).unwrap();
    let mut request = Request::post("/confab.message.v1.LiveService/Subscribe").body(Body::empty()).unwrap();
    request.headers_mut().extend(bearer_headers(&token));
    let mut body = service.oneshot(request).await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "part");

    let rest = tokio::spawn(async move { body.frame().await });
    revoked.add(claims["sid"].as_str().unwrap().parse().unwrap(), now, now);
    let last = timeout(Duration::from_secs(30), rest).await.expect("it ends").unwrap();
    let trailers = last.unwrap().unwrap().into_trailers().unwrap();
    assert_eq!(Status::from_header_map(&trailers).unwrap().code(), Code::Unauthenticated);
}
