//! The public keys, from several nodes.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_auth::{AuthService, Config, SigningKey, Stores};
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::{Channel, RemoteKeys, ServiceKey, Shutdown, TokenVerifier};
use jsonwebtoken::Header;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::tokens::private;
use crate::world::{PASSWORD, World, config, log_in, sign_up, with_token};

/// How long a key may take to be forgotten before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many use their tokens while the key is changed.
const PEOPLE: usize = 8;

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

/// Auth itself, and a service that has asked it for its keys.
struct Doors {
    world: World,
    elsewhere: TokenVerifier,
}

impl Doors {
    async fn new() -> Self {
        let world = World::with(Config { password_cost: 4, ..config() }).await;
        let keys = Arc::new(RemoteKeys::new(world.channel.clone()));
        let elsewhere = TokenVerifier::new(keys, &world.service_key, world.clock.clone());
        Self { world, elsewhere }
    }

    /// Which of the two take `token`.
    async fn take(&self, token: &str) -> [bool; 2] {
        let headers = with_token(token, ()).into_parts().0.into_headers();
        [self.world.me(token).await.is_ok(), self.elsewhere.verify_user(&headers).await.is_ok()]
    }

    /// Signs somebody up, who renews and shows tokens all the time until `over`. Returns how
    /// many were shown, none of which was refused.
    async fn use_tokens(&self, email: String, over: &AtomicBool) -> usize {
        let joined = self.world.auth().sign_up(sign_up(&email, PASSWORD, "Ada")).await.unwrap().into_inner();
        let (old, mut refresh_token) = (joined.access_token.unwrap().token, joined.refresh_token);
        let mut shown = 0;
        loop {
            let is_last = over.load(Ordering::Relaxed);
            let refresh = v1::RefreshSessionRequest { refresh_token };
            let renewed = self.world.auth().refresh_session(refresh).await.unwrap().into_inner();
            refresh_token = renewed.refresh_token;
            for token in [&old, &renewed.access_token.unwrap().token] {
                assert_eq!(self.take(token).await, [true; 2], "a valid token was refused");
                shown += 2;
            }
            if is_last {
                return shown;
            }
        }
    }

    /// Has the key changed to `next` while people come and go, and returns how many of
    /// their tokens were taken meanwhile.
    async fn change_key(self: &Arc<Self>, next: SigningKey) -> usize {
        let over = Arc::new(AtomicBool::new(false));
        let mut people = JoinSet::new();
        for number in 0..PEOPLE {
            let (doors, over) = (self.clone(), over.clone());
            people.spawn(async move { doors.use_tokens(format!("{number}@example.com"), &over).await });
        }
        let rotation = self.world.key_rotation.clone();
        let mut changing = pin!(rotation.sign_with(next));
        let mut hand = interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                changed = &mut changing => break changed.unwrap(),
                // Fast enough for keys to be asked for again, and slow enough for the old tokens to live.
                _ = hand.tick() => self.world.clock.advance(Duration::from_millis(500)),
            }
        }
        over.store(true, Ordering::Relaxed);
        people.join_all().await.into_iter().sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_under_load_without_anybody_noticing_and_the_old_one_goes() {
    let doors = Arc::new(Doors::new().await);
    let (world, next) = (&doors.world, SigningKey::generate().unwrap());
    let shown = doors.change_key(next.clone()).await;
    assert!(shown > 100, "{shown}");
    let mut published = key_ids(&mut world.auth()).await;
    // They may be of the same millisecond.
    published.sort_by_key(|id| id != next.id());
    assert_eq!(published, [next.id(), world.signing_key.id()]);
    println!("{shown} tokens shown by {PEOPLE} people meanwhile, none of them refused");

    // Whoever has stolen the old one makes a token while it is published still, ...
    world.clock.advance(Duration::from_mins(10));
    let fresh = world.auth().log_in(log_in("0@example.com", PASSWORD)).await.unwrap().into_inner();
    let fresh = fresh.access_token.unwrap().token;
    let stolen = signed_with(&world.signing_key, &fresh, 0);
    assert_eq!(doors.take(&stolen).await, [true; 2]);
    // ... and it ends with the key, though it says that it lives longer, ...
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(key_ids(&mut world.auth()).await, [next.id()]);
    world.clock.advance(Duration::from_mins(5));
    let forgotten = async {
        while doors.take(&stolen).await != [false; 2] {
            assert_eq!(doors.take(&fresh).await, [true; 2]);
        }
    };
    timeout(PATIENCE, forgotten).await.expect("the old key is forgotten");
    // ... and none that was made since is taken.
    for earlier in 0..100 {
        assert_eq!(doors.take(&signed_with(&world.signing_key, &fresh, earlier)).await, [false; 2]);
    }
    assert_eq!(doors.take(&fresh).await, [true; 2]);
}

/// What `token` says, but that it was made so many seconds `earlier`, under the signature of `key`.
fn signed_with(key: &SigningKey, token: &str, earlier: i64) -> String {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    for time in ["iat", "exp"] {
        claims[time] = (claims[time].as_i64().unwrap() - earlier).into();
    }
    let header = Header { kid: Some(key.id().to_owned()), ..jsonwebtoken::decode_header(token).unwrap() };
    jsonwebtoken::encode(&header, &claims, &private(key)).unwrap()
}
