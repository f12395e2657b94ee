//! The public keys, from several nodes.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_auth::{AuthService, SigningKey, Stores};
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::{Channel, ServiceKey, Shutdown};
use jsonwebtoken::Header;

use crate::tokens::private;
use crate::world::{PASSWORD, World, config, log_in, sign_up, with_token};

/// How long a key may take to be forgotten before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

async fn key_ids(auth: &mut AuthServiceClient<Channel>) -> Vec<String> {
    let keys = auth.list_signing_keys(v1::ListSigningKeysRequest {}).await.unwrap().into_inner().keys;
    assert!(keys.iter().all(|key| key.public_key.len() == 32));
    keys.into_iter().map(|key| key.key_id).collect()
}

#[tokio::test]
async fn the_key_is_published_before_anybody_has_a_token() {
    let world = World::new().await;
    assert_eq!(key_ids(&mut world.auth()).await, [world.signing_key.id()]);
}

#[tokio::test]
async fn a_token_of_one_node_is_accepted_by_another() {
    let mongo = confab_db::testing::mongo("auth_nodes").await;
    let clock = Arc::new(confab_core::SystemClock);
    let service_key = ServiceKey::generate().unwrap();
    let keys = [SigningKey::generate().unwrap(), SigningKey::generate().unwrap()];

    let mut nodes = Vec::new();
    for key in &keys {
        let stores = Stores::open(&mongo.database()).await.unwrap();
        let (revoked, shutdown) = (Arc::default(), Shutdown::new());
        let service =
            AuthService::new(&config(), stores, key.clone(), &service_key, revoked, clock.clone(), shutdown);
        nodes.push(AuthServiceClient::new(Channel::in_process(service.into_routes())));
    }
    let request = sign_up("ada@example.com", PASSWORD, "Ada");
    let joined = nodes[0].sign_up(request).await.unwrap().into_inner();
    let logged_in = nodes[1].log_in(log_in("ada@example.com", PASSWORD)).await.unwrap().into_inner();

    for token in [joined.access_token.unwrap().token, logged_in.access_token.unwrap().token] {
        for node in &mut nodes {
            let me = node.get_me(with_token(&token, v1::GetMeRequest {})).await.unwrap().into_inner();
            assert_eq!(me.user, joined.user);
        }
    }
    let mut ids = key_ids(&mut nodes[0]).await;
    ids.sort();
    let mut expected = keys.map(|key| key.id().to_owned());
    expected.sort();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_restart_keeps_accounts_sessions_and_tokens() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let world = world.restart().await;
    assert_eq!(world.me(&token).await.unwrap(), ada);
    assert!(world.auth().log_in(log_in("ada@example.com", PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn keys_change_without_anybody_noticing_and_the_old_one_goes() {
    let world = World::new().await;
    let joined =
        world.auth().sign_up(sign_up("ada@example.com", PASSWORD, "Ada")).await.unwrap().into_inner();
    let (old, mut refresh_token) = (joined.access_token.unwrap().token, joined.refresh_token);
    let next = SigningKey::generate().unwrap();
    let changing = tokio::spawn({
        let (rotation, next) = (world.key_rotation.clone(), next.clone());
        async move { rotation.sign_with(next).await }
    });

    // Tokens are made and used all the while; none may be refused.
    let mut uses = 0;
    let mut is_over = false;
    while !is_over {
        is_over = changing.is_finished();
        // Slow enough for the old token to live, and fast enough for keys to be asked for again.
        world.clock.advance(Duration::from_millis(100));
        let refresh = v1::RefreshSessionRequest { refresh_token };
        let renewed = world.auth().refresh_session(refresh).await.unwrap().into_inner();
        refresh_token = renewed.refresh_token;
        for token in [&old, &renewed.access_token.unwrap().token] {
            world.me(token).await.unwrap();
            uses += 1;
        }
    }
    changing.await.unwrap().unwrap();
    assert!(uses > 10, "{uses}");
    assert_eq!(key_ids(&mut world.auth()).await, [next.id(), world.signing_key.id()]);

    world.clock.advance(Duration::from_mins(11));
    assert_eq!(key_ids(&mut world.auth()).await, [next.id()]);
    // Whoever has kept the old one makes tokens in vain, as soon as somebody with a new one was here.
    let renewed = world.auth().log_in(log_in("ada@example.com", PASSWORD)).await.unwrap().into_inner();
    let new = renewed.access_token.unwrap().token;
    let forgotten = async {
        let mut earlier = 0;
        world.me(&new).await.unwrap();
        // Each is another one: a token that was checked is not checked again.
        while world.me(&signed_with(&world.signing_key, &new, earlier)).await.is_ok() {
            earlier += 1;
            world.me(&new).await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, forgotten).await.expect("the old key is forgotten");
    println!("{uses} uses of tokens meanwhile, none of them refused");
}

/// What `token` says, but that it was made so many seconds `earlier`, under the signature of `key`.
fn signed_with(key: &SigningKey, token: &str, earlier: i64) -> String {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["iat"] = (claims["iat"].as_i64().unwrap() - earlier).into();
    let header = Header { kid: Some(key.id().to_owned()), ..jsonwebtoken::decode_header(token).unwrap() };
    jsonwebtoken::encode(&header, &claims, &private(key)).unwrap()
}
