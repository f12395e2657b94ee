//! The roles in other processes, which may start later than we do.

use std::time::Duration;

use confab_rpc::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// How long to wait before a role is asked again: at first, and at the most.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Waits until the role `name`, which `channel` leads to, is ready, and says so.
/// Nobody else waits for this: until then, who needs the role is told to try again.
pub async fn say_when_ready(name: &'static str, channel: Channel) {
    let mut pause = PAUSE_MIN;
    while !is_ready(channel.clone()).await {
        tracing::warn!("waiting for the {name} service");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
    tracing::info!("the {name} service is ready");
}

/// Asks once. A role that cannot be reached is not ready.
pub async fn is_ready(channel: Channel) -> bool {
    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    answer.is_ok_and(|answer| answer.get_ref().status() == ServingStatus::Serving)
}
