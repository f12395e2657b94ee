//! The admin port: what the machines of operators look at. It has nothing in it
//! that people said, but it is not for the internet.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use confab_proto::PUBLIC_FILE_DESCRIPTOR_SET;
use confab_rpc::{Channel, Door, DoorConfig, Figures, Reflection, Shutdown, StandardServices};
use tokio::net::TcpListener;
use tonic::service::Routes;

use crate::neighbours::is_ready;

/// How many may look at once.
const DOOR: DoorConfig = DoorConfig {
    connections: NonZeroUsize::new(64).expect("64 is not zero"),
    network_connections: 0,
    connection_age: Duration::from_mins(30),
};

/// The admin port, open, and everything that is counted from now on.
pub struct Admin {
    listener: TcpListener,
    figures: Figures,
}

/// What is needed to answer.
#[derive(Clone)]
struct Answers {
    figures: Figures,
    role: Channel,
}

impl Admin {
    /// Listens on `address`, and begins to count.
    ///
    /// # Errors
    ///
    /// If it cannot listen there.
    pub fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let listener = confab_rpc::listen(address)
            .with_context(|| format!("cannot listen on {address}; choose another with --admin-listen"))?;
        let figures = Figures::begin(env!("CARGO_PKG_VERSION")).context("cannot count")?;
        let figures = figures
            .with_counter(
                confab_rpc::measure::RATE_REFUSALS,
                "Requests that were too many, by whose share was used up",
            )
            .with_counter(confab_message::PUSHES, "Pushes that were decided, by what became of them")
            .with_counter(
                confab_message::PUSHES_DROPPED,
                "Messages of which no device is told: too many at once",
            )
            .with_gauge(confab_auth::HASHES_WAITING, "Passwords that are hashed, or wait for it")
            .with_gauge(confab_message::APPENDS_WAITING, "Events that wait to be stored");
        Ok(Self { listener, figures })
    }

    /// Answers for the process whose routes `role` leads to, until `shutdown` begins.
    pub async fn serve(self, role: Channel, shutdown: Shutdown) -> anyhow::Result<()> {
        let standard = StandardServices::new(&[], PUBLIC_FILE_DESCRIPTOR_SET, Reflection::Off).await?;
        let router = Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(readyz))
            .with_state(Answers { figures: self.figures.clone(), role });
        let door = Door { listener: self.listener, limits: DOOR, tls: None };
        tokio::select! {
            () = confab_rpc::serve(door, Routes::from(router), standard, shutdown) => {}
            () = self.figures.keep_in_order() => {}
        }
        Ok(())
    }
}

async fn metrics(State(answers): State<Answers>) -> Response {
    ([(CONTENT_TYPE, Figures::FORM)], answers.figures.render()).into_response()
}

async fn readyz(State(answers): State<Answers>) -> (StatusCode, &'static str) {
    if is_ready(answers.role).await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
