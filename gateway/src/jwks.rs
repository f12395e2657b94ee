//! `/.well-known/jwks.json`: the public keys, for those who check our tokens (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::Channel;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;

use crate::problem::Problem;

/// How long the keys may be kept: shorter than a new key exists before it signs.
const CACHING: &str = "public, max-age=300";

/// A set of keys (RFC 7517, section 5).
#[derive(Debug, Serialize)]
struct KeySet {
    keys: Vec<Key>,
}

/// A public Ed25519 key (RFC 8037, section 2).
#[derive(Debug, Serialize)]
struct Key {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: String,
    x: String,
}

impl From<v1::SigningKey> for Key {
    fn from(key: v1::SigningKey) -> Self {
        let x = URL_SAFE_NO_PAD.encode(key.public_key);
        Self { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: key.key_id, x }
    }
}

/// Answers with the keys that auth publishes.
pub async fn jwks(State(auth): State<Channel>) -> Response {
    match AuthServiceClient::new(auth).list_signing_keys(v1::ListSigningKeysRequest {}).await {
        Ok(response) => {
            let keys = response.into_inner().keys.into_iter().map(Key::from).collect();
            ([(CACHE_CONTROL, CACHING)], Json(KeySet { keys })).into_response()
        }
        Err(status) => {
            tracing::warn!(%status, "the public keys cannot be listed");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the keys cannot be had now; try again")
                .into_response()
        }
    }
}
