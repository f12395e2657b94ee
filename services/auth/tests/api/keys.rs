//! The public keys, from several nodes.

use std::sync::Arc;

use confab_auth::{AuthService, Config, SigningKey, Stores};
use confab_db::Database;
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::{Channel, ServiceKey};

use crate::world::{PASSWORD, SESSION_LIFETIME, World, log_in, with_token};

async fn key_ids(auth: &mut AuthServiceClient<Channel>) -> Vec<String> {
    let keys = auth
        .list_signing_keys(v1::ListSigningKeysRequest {})
        .await
        .unwrap()
        .into_inner()
        .keys;
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
    let config = Config {
        password_cost: 10,
        password_queue: 64,
        session_lifetime: SESSION_LIFETIME,
    };

    let mut nodes = Vec::new();
    for key in &keys {
        let stores = Stores::open(&mongo.database()).await.unwrap();
        let service = AuthService::new(&config, stores, key.clone(), &service_key, clock.clone());
        nodes.push(AuthServiceClient::new(Channel::in_process(service.into_routes())));
    }
    let request = crate::world::sign_up("ada@example.com", PASSWORD, "Ada");
    let joined = nodes[0].sign_up(request).await.unwrap().into_inner();
    let logged_in = nodes[1]
        .log_in(log_in("ada@example.com", PASSWORD))
        .await
        .unwrap()
        .into_inner();

    for token in [
        joined.access_token.unwrap().token,
        logged_in.access_token.unwrap().token,
    ] {
        for node in &mut nodes {
            let me = node
                .get_me(with_token(&token, v1::GetMeRequest {}))
                .await
                .unwrap()
                .into_inner();
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
    let World {
        channel,
        clock,
        service_key,
        signing_key,
        folder,
    } = world;
    drop(channel);

    // The file is let go of when the last of its users is gone.
    let database = Database::Embedded {
        folder: folder.path().to_owned(),
    };
    let stores = Stores::open(&database).await.unwrap();
    let config = Config {
        password_cost: 10,
        password_queue: 64,
        session_lifetime: SESSION_LIFETIME,
    };
    let service = AuthService::new(&config, stores, signing_key.clone(), &service_key, clock.clone());
    let channel = Channel::in_process(service.into_routes());
    let world = World {
        channel,
        clock,
        service_key,
        signing_key,
        folder,
    };

    assert_eq!(world.me(&token).await.unwrap(), ada);
    assert!(
        world
            .auth()
            .log_in(log_in("ada@example.com", PASSWORD))
            .await
            .is_ok()
    );
}
