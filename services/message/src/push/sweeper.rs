//! Forgets the devices whose sessions have ended while nobody had anything to tell
//! them, and what became of pushes long ago.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::time::Duration;

use confab_core::SessionId;
use confab_db::StoreError;
use confab_proto::internal::v1 as internal;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tonic::Status;

use super::Pusher;

/// How often.
const INTERVAL: Duration = Duration::from_mins(10);
/// Of how many sessions auth is asked at once. Its contract says the same.
const SESSIONS_MAX: usize = 500;
/// How long auth may take to answer.
const ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// Why not everything was forgotten that should be.
#[derive(Debug, thiserror::Error)]
pub enum Unswept {
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("auth did not answer")]
    Auth(#[from] Status),
    #[error("auth took too long")]
    TooLong(#[from] tokio::time::error::Elapsed),
}

impl Pusher {
    /// Sweeps now and then. Goes on for ever.
    pub(super) async fn sweep(&self) {
        let mut ticks = interval_at(Instant::now() + INTERVAL, INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sweep_once().await {
                tracing::warn!(error = &error as &dyn StdError, "ended devices are not forgotten now");
            }
        }
    }

    pub(super) async fn sweep_once(&self) -> Result<(), Unswept> {
        let pushes = &self.needs.pushes;
        let mut after = None;
        loop {
            let sessions = pushes.list_sessions(after, SESSIONS_MAX).await?;
            let Some(last) = sessions.last() else { break };
            after = Some(*last);
            let live = self.live(&sessions).await?;
            for ended in sessions.iter().filter(|session| !live.contains(session)) {
                pushes.unsubscribe(*ended, None).await?;
            }
        }
        while pushes.prune(self.needs.clock.now()).await? > 0 {}
        Ok(())
    }

    /// Those of `sessions` that have not ended, as auth says.
    async fn live(&self, sessions: &[SessionId]) -> Result<HashSet<SessionId>, Unswept> {
        let session_ids = sessions.iter().map(ToString::to_string).collect();
        let mut auth = self.needs.sessions.clone();
        let asked = auth.filter_sessions(internal::FilterSessionsRequest { session_ids });
        let live = timeout(ASK_TIMEOUT, asked).await??.into_inner().session_ids;
        Ok(live.iter().filter_map(|session| session.parse().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::pin::Pin;
    use std::sync::Arc;

    use confab_bus::Bus;
    use confab_core::{ManualClock, Timestamp, UserId};
    use confab_db::Database;
    use confab_proto::internal::v1::session_service_server::{SessionService, SessionServiceServer};
    use confab_rpc::{Channel, ServiceKey, Shutdown};
    use futures_util::Stream;
    use tonic::service::Routes;
    use tonic::{Request, Response};
    use uuid::Uuid;

    use super::*;
    use crate::config::{Config, ConversationLimits, PushConfig};
    use crate::domain::{Device, DeviceKeys, Endpoint, PushText};
    use crate::service::{Clients, MessageService};
    use crate::store::Stores;

    /// Auth, to which only this session has not ended.
    struct Auth(SessionId);

    #[tonic::async_trait]
    impl SessionService for Auth {
        type WatchRevocationsStream =
            Pin<Box<dyn Stream<Item = Result<internal::WatchRevocationsResponse, Status>> + Send>>;

        async fn exchange_session(
            &self,
            _: Request<internal::ExchangeSessionRequest>,
        ) -> Result<Response<internal::ExchangeSessionResponse>, Status> {
            Err(Status::unimplemented("nobody asks"))
        }

        async fn watch_revocations(
            &self,
            _: Request<internal::WatchRevocationsRequest>,
        ) -> Result<Response<Self::WatchRevocationsStream>, Status> {
            Err(Status::unimplemented("nobody asks"))
        }

        async fn filter_sessions(
            &self,
            request: Request<internal::FilterSessionsRequest>,
        ) -> Result<Response<internal::FilterSessionsResponse>, Status> {
            let mut session_ids = request.into_inner().session_ids;
            session_ids.retain(|session| *session == self.0.to_string());
            Ok(Response::new(internal::FilterSessionsResponse { session_ids }))
        }
    }

    fn device(number: u128) -> Device {
        Device {
            session: SessionId::from_uuid(Uuid::from_u128(number)),
            user: UserId::from_uuid(Uuid::from_u128(7)),
            endpoint: Endpoint::stored(format!("https://push.example.net/{number}")),
            keys: DeviceKeys { p256dh: [4; 65], auth: [7; 16] },
            text: PushText::Shown,
            created: Timestamp::from_millis(1),
        }
    }

    #[tokio::test]
    async fn devices_whose_sessions_have_ended_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let stores = Stores::open(&Database::Embedded { folder: folder.path().to_owned() }).await.unwrap();
        let (ended, live) = (device(1), device(2));
        for device in [&ended, &live] {
            stores.pushes.subscribe(device).await.unwrap();
        }
        let mut routes = Routes::builder();
        routes.add_service(SessionServiceServer::new(Auth(live.session)));
        let auth = Channel::in_process(routes.routes());
        let (clock, key) = (Arc::new(ManualClock::default()), ServiceKey::generate().unwrap());
        let clients = Clients::new(auth.clone(), auth, key, clock.clone());
        let (bus, shutdown) = (Bus::in_process(), Shutdown::new());
        let config = Config {
            live_streams_max: 1,
            live_streams_per_user_max: 1,
            group_members_max: 2,
            conversation_limits: ConversationLimits::Off,
            conversation_events_per_minute: NonZeroU32::MIN,
            push: PushConfig::OFF,
        };
        let service = MessageService::new(&config, stores.clone(), clients, bus, clock, shutdown);
        service.pusher().sweep_once().await.unwrap();
        assert_eq!(stores.pushes.devices_of(&[live.user]).await.unwrap(), [live]);
        stores.close().await;
    }
}
