//! Which tokens are accepted, where, and for how long.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::Clock;
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::auth::v1::user_service_client::UserServiceClient;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::token::ACCESS_LIFETIME;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tonic::Code;

use crate::world::{World, refusal, with_token};

/// How far clocks may be apart, and a second.
const BEYOND_LEEWAY: Duration = Duration::from_secs(6);

/// A good token of the world, and what it is made of.
struct Forge {
    good: String,
    claims: Value,
    kid: String,
    key: EncodingKey,
    public: Vec<u8>,
}

impl Forge {
    async fn new(world: &World) -> Self {
        let (_, good) = world.join("ada@example.com", "Ada").await;
        let claims = URL_SAFE_NO_PAD.decode(good.split('.').nth(1).unwrap()).unwrap();
        let keys =
            world.auth().list_signing_keys(v1::ListSigningKeysRequest {}).await.unwrap().into_inner().keys;
        Self {
            good,
            claims: serde_json::from_slice(&claims).unwrap(),
            kid: world.signing_key.id().to_owned(),
            key: private(&world.signing_key),
            public: keys[0].public_key.to_vec(),
        }
    }

    fn header(&self) -> Header {
        Header { typ: Some("at+jwt".into()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) }
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.sign(&self.header(), &claims)
    }

    /// The claims, with a header that says that there is no signature.
    fn unsigned(&self, alg: &str) -> String {
        let header = json!({ "alg": alg, "typ": "at+jwt", "kid": self.kid }).to_string();
        let claims = self.claims.to_string();
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    fn signed_with_the_public_key(&self) -> String {
        let header = Header { alg: Algorithm::HS256, ..self.header() };
        jsonwebtoken::encode(&header, &self.claims, &EncodingKey::from_secret(&self.public)).unwrap()
    }

    fn signed_by_somebody_else(&self) -> String {
        let other = private(&confab_auth::SigningKey::generate().unwrap());
        jsonwebtoken::encode(&self.header(), &self.claims, &other).unwrap()
    }

    /// Somebody else's claims under the signature of the good token.
    fn with_claims_swapped(&self) -> String {
        let mut claims = self.claims.clone();
        claims["sub"] = "018f0000-0000-7000-8000-000000000000".into();
        let parts: Vec<&str> = self.good.split('.').collect();
        format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
    }
}

/// What a key signs with.
pub fn private(key: &confab_auth::SigningKey) -> EncodingKey {
    let pem = key.to_pem();
    let body: String = pem.expose_secret().lines().filter(|line| !line.starts_with('-')).collect();
    EncodingKey::from_ed_der(&base64::engine::general_purpose::STANDARD.decode(body).unwrap())
}

#[tokio::test]
async fn what_the_forge_leaves_as_it_was_is_accepted() {
    let world = World::new().await;
    let forge = Forge::new(&world).await;
    assert!(world.me(&forge.good).await.is_ok());
    assert!(world.me(&forge.sign(&forge.header(), &forge.claims)).await.is_ok());
}

#[tokio::test]
async fn without_a_token_nobody_gets_in() {
    let world = World::new().await;
    assert_eq!(world.auth().get_me(v1::GetMeRequest {}).await.unwrap_err().code(), Code::Unauthenticated);
    for token in ["", "x", "a.b.c", "....", &"a".repeat(10_000)] {
        assert_eq!(refusal(world.me(token).await).0, Code::Unauthenticated, "{token:.20}");
    }
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    world.clock.advance(ACCESS_LIFETIME);
    assert!(world.me(&token).await.is_ok(), "clocks may be apart a little");
    world.clock.advance(BEYOND_LEEWAY);
    assert_eq!(refusal(world.me(&token).await).0, Code::Unauthenticated);
}

async fn assert_refused<const N: usize>(world: &World, tokens: [(&str, String); N]) {
    for (what, token) in tokens {
        assert_eq!(refusal(world.me(&token).await).0, Code::Unauthenticated, "{what}");
    }
}

#[tokio::test]
async fn a_token_without_our_signature_is_refused() {
    let world = World::new().await;
    let forge = Forge::new(&world).await;
    let (head, signature) = forge.good.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let tokens = [
        ("alg none", forge.unsigned("none")),
        ("alg None", forge.unsigned("None")),
        ("no signature", format!("{head}.")),
        ("HS256 with the public key", forge.signed_with_the_public_key()),
        ("another key", forge.signed_by_somebody_else()),
        ("other claims", forge.with_claims_swapped()),
        ("another signature", format!("{head}.{flipped}{}", &signature[1..])),
        ("a part more", format!("{}.{signature}", forge.good)),
    ];
    assert_refused(&world, tokens).await;
}

#[tokio::test]
async fn a_token_with_another_header_is_refused() {
    let world = World::new().await;
    let forge = Forge::new(&world).await;
    let with = |header: Header| forge.sign(&header, &forge.claims);
    let tokens = [
        ("another typ", with(Header { typ: Some("JWT".into()), ..forge.header() })),
        ("typ of services", with(Header { typ: Some("st+jwt".into()), ..forge.header() })),
        ("no typ", with(Header { typ: None, ..forge.header() })),
        ("another kid", with(Header { kid: Some("other".into()), ..forge.header() })),
        ("no kid", with(Header { kid: None, ..forge.header() })),
        ("a key by address", with(Header { jku: Some("https://example.com".into()), ..forge.header() })),
    ];
    assert_refused(&world, tokens).await;
}

#[tokio::test]
async fn a_token_with_other_claims_is_refused() {
    let world = World::new().await;
    let forge = Forge::new(&world).await;
    let tokens = [
        ("another aud", forge.with_claim("aud", "others".into())),
        ("aud of services", forge.with_claim("aud", "confab.internal".into())),
        ("several aud", forge.with_claim("aud", json!(["confab", "others"]))),
        ("another iss", forge.with_claim("iss", "others".into())),
        ("sub that is no id", forge.with_claim("sub", "ada".into())),
        ("sid that is no id", forge.with_claim("sid", Value::Null)),
        ("exp as text", forge.with_claim("exp", "9999999999".into())),
        ("exp in the past", forge.with_claim("exp", 1_700_000_000.into())),
        ("iat in the future", forge.with_claim("iat", 9_999_999_999_i64.into())),
    ];
    assert_refused(&world, tokens).await;
}

#[tokio::test]
async fn a_session_of_another_person_does_not_help() {
    let world = World::new().await;
    let forge = Forge::new(&world).await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    let token = forge.with_claim("sub", bob.user_id.into());
    assert_eq!(refusal(world.me(&token).await), (Code::Unauthenticated, "SESSION_ENDED".into()));
}

#[tokio::test]
async fn a_token_of_a_person_does_not_open_what_services_ask_each_other() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let channel = world.channel.clone();

    let request = internal::ExchangeSessionRequest { session_secret: "A".repeat(43) };
    let exchange =
        SessionServiceClient::new(channel.clone()).exchange_session(with_token(&token, request)).await;
    let request =
        internal::FilterUsersRequest { user_ids: vec![ada.user_id.clone()], caller_id: ada.user_id };
    let mut directory = UserDirectoryServiceClient::new(channel);
    let filter = directory.filter_users(with_token(&token, request.clone())).await;
    let nobody = directory.filter_users(request).await;

    assert_eq!(refusal(exchange).0, Code::Unauthenticated);
    assert_eq!(refusal(filter).0, Code::Unauthenticated);
    assert_eq!(refusal(nobody).0, Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_of_a_service_is_nobody() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let channel = world.service_channel();
    let me = AuthServiceClient::new(channel.clone()).get_me(v1::GetMeRequest {}).await;
    let list = UserServiceClient::new(channel).list_users(v1::ListUsersRequest::default()).await;
    assert_eq!(refusal(me).0, Code::Unauthenticated);
    assert_eq!(refusal(list).0, Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_names_its_owner_its_session_and_its_end() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();

    let now = world.clock.now().as_seconds();
    assert_eq!(claims["sub"], ada.user_id);
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["exp"], now + 600);
    assert_eq!(claims["sid"].as_str().unwrap().len(), 36);
    assert_eq!(claims.as_object().unwrap().len(), 6, "{claims}");
}
