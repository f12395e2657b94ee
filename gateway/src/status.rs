//! `/healthz` and `/readyz`: whether we live, and whether it makes sense to send us requests.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use confab_rpc::{Channel, Shutdown};
use futures_util::future::join_all;
use http::StatusCode;
use serde::Serialize;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::Upstreams;

/// How long a service may take to say that it is well.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers whoever wants to know whether this process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// What has to be well for us to be ready.
#[derive(Clone)]
pub struct Readiness {
    /// The services we stand before.
    pub upstreams: Upstreams,
    /// Whether we are about to end.
    pub shutdown: Shutdown,
}

#[derive(Debug, Serialize)]
struct Report {
    ready: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'static str>,
    draining: bool,
}

/// Answers whoever decides where requests are sent.
pub async fn readyz(State(readiness): State<Readiness>) -> Response {
    let missing = missing(&readiness.upstreams).await;
    let draining = readiness.shutdown.has_begun();
    let ready = missing.is_empty() && !draining;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Report { ready, missing, draining })).into_response()
}

/// The roles that do not say that they are well.
async fn missing(upstreams: &Upstreams) -> Vec<&'static str> {
    let asked = upstreams.roles().map(|(role, channel)| async move {
        let well = tokio::time::timeout(ANSWER_TIMEOUT, is_well(channel.clone())).await;
        (role, well.unwrap_or(false))
    });
    let answers = join_all(asked).await;
    answers.into_iter().filter(|(_, well)| !well).map(|(role, _)| role).collect()
}

async fn is_well(channel: Channel) -> bool {
    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    answer.is_ok_and(|answer| answer.get_ref().status() == ServingStatus::Serving)
}
