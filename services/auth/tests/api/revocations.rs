//! How services hear that sessions have ended.

use std::sync::Arc;
use std::time::Duration;

use confab_auth::{AuthService, SigningKey, Stores};
use confab_core::{SessionId, SystemClock};
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_rpc::{Channel, Revoked, ServiceKey, Shutdown};
use tokio::time::{interval, timeout};
use tonic::{Code, Streaming};

use crate::world::{PASSWORD, World, config, log_in, refusal, sign_up, with_token};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How soon what one node ends is known to those who listen to another.
const IN_THE_CLUSTER: Duration = Duration::from_secs(5);

type Told = Streaming<internal::WatchRevocationsResponse>;

/// The session that is told next.
async fn next(told: &mut Told) -> String {
    loop {
        let said = timeout(PATIENCE, told.message()).await.expect("to be told").unwrap().unwrap();
        if let Some(revocation) = said.revocations.first() {
            return revocation.session_id.clone();
        }
    }
}

async fn session_of(world: &World, token: &str) -> String {
    let list = with_token(token, v1::ListSessionsRequest {});
    let sessions = world.auth().list_sessions(list).await.unwrap().into_inner().sessions;
    sessions.into_iter().find(|session| session.current).unwrap().session_id
}

async fn another(world: &World) -> v1::LogInResponse {
    world.auth().log_in(log_in("ada@example.com", PASSWORD)).await.unwrap().into_inner()
}

fn access(response: &v1::LogInResponse) -> &str {
    &response.access_token.as_ref().unwrap().token
}

#[tokio::test]
async fn whatever_ends_a_session_is_told() {
    let world = World::new().await;
    let (_, here) = world.join("ada@example.com", "Ada").await;
    let mut told =
        world.sessions().watch_revocations(internal::WatchRevocationsRequest {}).await.unwrap().into_inner();
    let mut auth = world.auth();

    let out = another(&world).await;
    let session = session_of(&world, access(&out)).await;
    auth.log_out(with_token(access(&out), v1::LogOutRequest {})).await.unwrap();
    assert_eq!(next(&mut told).await, session, "logging out");

    let other = another(&world).await;
    let session_id = session_of(&world, access(&other)).await;
    let revoke = v1::RevokeSessionRequest { session_id: session_id.clone() };
    auth.revoke_session(with_token(&here, revoke)).await.unwrap();
    assert_eq!(next(&mut told).await, session_id, "ending one");

    let stolen = another(&world).await;
    let session = session_of(&world, access(&stolen)).await;
    let refresh = v1::RefreshSessionRequest { refresh_token: stolen.refresh_token };
    auth.refresh_session(refresh.clone()).await.unwrap();
    world.clock.advance(Duration::from_secs(11));
    assert!(auth.refresh_session(refresh).await.is_err());
    assert_eq!(next(&mut told).await, session, "using a refresh token twice");

    let other = another(&world).await;
    let session = session_of(&world, access(&other)).await;
    auth.revoke_other_sessions(with_token(&here, v1::RevokeOtherSessionsRequest {})).await.unwrap();
    assert_eq!(next(&mut told).await, session, "ending all others");

    let other = another(&world).await;
    let session = session_of(&world, access(&other)).await;
    let change = v1::ChangePasswordRequest {
        old_password: PASSWORD.into(),
        new_password: "staple horse battery".into(),
    };
    auth.change_password(with_token(&here, change)).await.unwrap();
    assert_eq!(next(&mut told).await, session, "changing the password");
}

#[tokio::test]
async fn only_services_are_told() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let mut sessions = SessionServiceClient::new(world.channel.clone());
    let asked = sessions.watch_revocations(with_token(&token, internal::WatchRevocationsRequest {})).await;
    assert_eq!(refusal(asked).0, Code::Unauthenticated);
}

/// A node of auth on `stores`, and what it is reached by.
fn node(stores: Stores, key: &ServiceKey) -> Channel {
    let signing_key = SigningKey::generate().unwrap();
    let (clock, revoked, shutdown) = (Arc::new(SystemClock), Arc::default(), Shutdown::new());
    let service = AuthService::new(&config(), stores, signing_key, key, revoked, clock, shutdown);
    Channel::in_process(service.into_routes())
}

#[tokio::test]
async fn what_one_node_ends_is_known_where_another_is_heard() {
    let mongo = confab_db::testing::mongo("auth_revocations").await;
    let key = ServiceKey::generate().unwrap();
    let here = node(Stores::open(&mongo.database()).await.unwrap(), &key);
    let there = node(Stores::open(&mongo.database()).await.unwrap(), &key);

    let (revoked, clock) = (Arc::new(Revoked::default()), Arc::new(SystemClock));
    let heard = there.with_service_token("message", key, clock.clone());
    let listening = tokio::spawn(revoked.clone().follow(heard, clock));

    let mut auth = AuthServiceClient::new(here);
    let joined = auth.sign_up(sign_up("ada@example.com", PASSWORD, "Ada")).await.unwrap().into_inner();
    let token = joined.access_token.unwrap().token;
    let list = with_token(&token, v1::ListSessionsRequest {});
    let sessions = auth.list_sessions(list).await.unwrap().into_inner().sessions;
    let session: SessionId = sessions[0].session_id.parse().unwrap();
    assert!(!revoked.has(session));

    auth.log_out(with_token(&token, v1::LogOutRequest {})).await.unwrap();
    let known = async {
        let mut pause = interval(Duration::from_millis(20));
        while !revoked.has(session) {
            pause.tick().await;
        }
    };
    timeout(IN_THE_CLUSTER, known).await.unwrap();
    listening.abort();
}
