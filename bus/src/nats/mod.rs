//! What goes to other nodes, and comes from them: NATS core, which keeps
//! nothing. Whatever it loses is found by numbers and digests.

mod envelope;
mod hear;
mod outgoing;
mod peers;
mod recent;
mod servers;
mod talk;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::{Client, ConnectOptions, Event};
use uuid::Uuid;

use envelope::Subjects;
use hear::Ear;
pub use outgoing::Outgoing;
pub use servers::{Credentials, InvalidServers, NatsServers};
use talk::Mouth;

use crate::local::Local;
use crate::seldom::Seldom;

/// How often the digest is sent.
const DIGEST_INTERVAL: Duration = Duration::from_millis(500);
/// How long a server may take to greet us.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a server is asked whether it is alive. It is given up after three
/// times without an answer.
const PING_INTERVAL: Duration = Duration::from_secs(1);
/// How long to wait between attempts to connect: a bit more each time, up to this.
const RETRY_PAUSE_STEP: Duration = Duration::from_millis(100);
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(1);
/// How many messages may wait in the client: to be sent, and of each of the
/// two subscriptions to be heard. What does not fit is lost, and found so.
const CLIENT_SENDS_MAX: usize = 64;
const CLIENT_RECEIVES_MAX: usize = 4_096;
/// How long saying farewell may take.
const FAREWELL_MAX: Duration = Duration::from_millis(500);

/// The way to other nodes. They hear us while it [runs](NatsLine::run).
#[derive(Debug)]
pub struct NatsLine {
    node: Uuid,
    servers: NatsServers,
    subjects: Subjects,
    local: Local,
    outgoing: Arc<Outgoing>,
}

/// What is known of the connection.
#[derive(Debug, Default)]
struct Connection {
    is_up: AtomicBool,
    /// Something that came in was thrown away since this was last looked at.
    has_overflowed: AtomicBool,
}

impl NatsLine {
    pub(crate) fn new(servers: NatsServers, prefix: &str, local: Local, outgoing: Arc<Outgoing>) -> Self {
        Self { node: Uuid::new_v4(), servers, subjects: Subjects::new(prefix), local, outgoing }
    }

    /// Keeps up the connection, and passes on what is said and heard, until
    /// `end` is done.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let connection = Arc::new(Connection::default());
        tokio::pin!(end);
        let connecting = async {
            loop {
                match self.connect(connection.clone()).await {
                    Ok(client) => return client,
                    // The client waits for servers that are away; this is something else.
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, "NATS cannot be used");
                    }
                }
                tokio::time::sleep(RETRY_PAUSE_MAX).await;
            }
        };
        let client = tokio::select! {
            client = connecting => client,
            () = &mut end => return,
        };

        let mouth = Mouth::new(self.node, client.clone(), self.subjects.clone(), connection.clone());
        let ear = Ear::new(self.node, client, self.subjects, connection, self.local);
        tokio::select! {
            () = mouth.talk(&self.outgoing) => {}
            () = ear.listen() => {}
            () = &mut end => {}
        }
        // If it is not heard, others wait for us in vain for a while, and look more often.
        let _ = tokio::time::timeout(FAREWELL_MAX, mouth.say_farewell()).await;
    }

    async fn connect(&self, connection: Arc<Connection>) -> Result<Client, async_nats::ConnectError> {
        let trouble = Arc::new(Mutex::new(Seldom::default()));
        let options = ConnectOptions::new()
            .name("confab")
            .retry_on_initial_connect()
            .connection_timeout(CONNECT_TIMEOUT)
            .ping_interval(PING_INTERVAL)
            .client_capacity(CLIENT_SENDS_MAX)
            .subscription_capacity(CLIENT_RECEIVES_MAX)
            .reconnect_delay_callback(retry_pause)
            .event_callback(move |event| {
                connection.note(&event, &trouble);
                std::future::ready(())
            });
        self.servers.authenticate(options).connect(self.servers.addresses()).await
    }
}

impl Connection {
    fn note(&self, event: &Event, trouble: &Mutex<Seldom>) {
        match event {
            Event::Connected => {
                self.is_up.store(true, Ordering::Relaxed);
                tracing::info!("connected to NATS");
            }
            Event::Disconnected | Event::Closed => {
                self.is_up.store(false, Ordering::Relaxed);
                tracing::warn!("NATS is away: other nodes hear of events a moment later");
            }
            Event::SlowConsumer(_) => self.has_overflowed.store(true, Ordering::Relaxed),
            Event::ServerError(_) | Event::ClientError(_) => {
                let count = trouble.lock().unwrap_or_else(PoisonError::into_inner).count(1, Instant::now());
                if let Some(count) = count {
                    tracing::warn!(%event, count, "NATS cannot be reached, or refuses something");
                }
            }
            Event::LameDuckMode | Event::Draining => {}
        }
    }
}

/// How long to wait before the `attempt`th attempt to connect.
fn retry_pause(attempt: usize) -> Duration {
    let steps = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    RETRY_PAUSE_STEP.saturating_mul(steps).min(RETRY_PAUSE_MAX)
}
