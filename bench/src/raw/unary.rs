//! How many calls a second a gRPC server answers that does nothing else, over loopback, with its clients beside it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::load::{self, Load};
use crate::measure::Window;
use crate::person;

/// Lets a client on each of so many `connections` call, one call after the
/// other. Returns the rate, and what it cost.
pub async fn rate(connections: usize, warm_up: Duration, length: Duration) -> Result<(f64, Vec<Load>)> {
    let (_reporter, health) = tonic_health::server::health_reporter();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port is free")?;
    let port = listener.local_addr().context("a listener without an address")?.port();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = tokio::spawn(Server::builder().add_service(health).serve_with_incoming(incoming));

    let window = Window::after(warm_up, length);
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        clients.spawn(call_until_the_end(port, window));
    }
    let loads = load::observe(window, Vec::new()).await?;
    let mut calls = 0;
    while let Some(ended) = clients.join_next().await {
        calls += ended.context("a client failed")??;
    }
    server.abort();
    Ok((window.rate(calls), loads))
}

/// Returns how many calls ended within `window`.
async fn call_until_the_end(port: u16, window: Window) -> Result<u64> {
    let channel = person::gateway(port)?.connect().await.context("cannot connect to our own server")?;
    let mut client = HealthClient::new(channel);
    let mut calls = 0;
    loop {
        client.check(HealthCheckRequest::default()).await.context("our own server does not answer")?;
        let now = Instant::now();
        calls += u64::from(window.contains(now));
        if now >= window.end {
            return Ok(calls);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_are_answered() {
        assert!(rate(2, Duration::ZERO, Duration::from_millis(50)).await.unwrap().0 > 0.0);
    }
}
