//! Hears from auth which sessions have ended.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, Timestamp};
use confab_proto::internal::v1;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use super::Revoked;
use crate::Channel;

/// How long auth may be silent. It says something each few seconds, so longer
/// than that it is not there, whatever the connection looks like.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How long to wait before auth is called again: at first, and at the most.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);

impl Revoked {
    /// Hears of sessions that end, from the auth service that `auth` leads to,
    /// with a service token. Goes on for ever, and calls again when it is cut off.
    pub async fn follow(self: Arc<Self>, auth: Channel, clock: Arc<dyn Clock>) {
        let mut pause = PAUSE_MIN;
        loop {
            match self.hear(&auth, &*clock).await {
                // It does that now and then, so that connections get old and go.
                Heard::Enough => pause = PAUSE_MIN,
                Heard::Something(status) => {
                    tracing::warn!(error = &status as &dyn std::error::Error, "auth is not heard any more");
                    pause = PAUSE_MIN;
                }
                // Whoever waits for auth says so elsewhere.
                Heard::Nothing(status) => {
                    tracing::debug!(error = &status as &dyn std::error::Error, "auth cannot be heard");
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
            sleep(pause).await;
        }
    }

    /// Hears what auth says until it is cut off.
    async fn hear(&self, auth: &Channel, clock: &dyn Clock) -> Heard {
        let mut client = SessionServiceClient::new(auth.clone());
        let asked = timeout(SILENCE_MAX, client.watch_revocations(v1::WatchRevocationsRequest {})).await;
        let mut stream = match asked.unwrap_or_else(|_| Err(silent())) {
            Ok(response) => response.into_inner(),
            Err(status) => return Heard::Nothing(status),
        };
        let mut has_spoken = false;
        loop {
            match timeout(SILENCE_MAX, stream.message()).await.unwrap_or_else(|_| Err(silent())) {
                Ok(Some(said)) => {
                    has_spoken = true;
                    self.take(said, clock.now());
                }
                Ok(None) => return Heard::Enough,
                Err(status) => return Heard::of(status, has_spoken),
            }
        }
    }

    fn take(&self, said: v1::WatchRevocationsResponse, now: Timestamp) {
        for revocation in said.revocations {
            let until = revocation.expire_time.map_or(now, Timestamp::from);
            if let Ok(session) = revocation.session_id.parse() {
                self.add(session, until, now);
            } else {
                tracing::warn!("auth has named a session that cannot be");
            }
        }
    }
}

/// Why nothing more is heard.
enum Heard {
    /// It has ended the stream in good order.
    Enough,
    /// It was heard, and then cut off.
    Something(Status),
    /// It was not heard at all.
    Nothing(Status),
}

impl Heard {
    fn of(status: Status, has_spoken: bool) -> Self {
        if has_spoken { Self::Something(status) } else { Self::Nothing(status) }
    }
}

fn silent() -> Status {
    Status::new(Code::DeadlineExceeded, "it is silent")
}
