//! `confab health`: whether the process with the same settings is ready.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use confab_rpc::Channel;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::{Role, Settings};
use crate::neighbours::is_ready;

/// How long the answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of an answer is read.
const ANSWER_BYTES_MAX: u64 = 4_096;

/// Asks, and fails if the answer is not that it is ready.
pub async fn health(settings: Settings) -> anyhow::Result<()> {
    let address = reachable(settings.place().address);
    let asked = async {
        match settings.only {
            // It alone knows whether the others are there.
            None | Some(Role::Gateway) => ask_gateway(address, settings.certificate()).await,
            Some(Role::Auth | Role::Message | Role::Media) => ask_service(address).await,
        }
    };
    tokio::time::timeout(ANSWER_TIMEOUT, asked)
        .await
        .with_context(|| format!("{address} does not answer"))??;
    crate::say("ready\n");
    Ok(())
}

/// Where to ask somebody who listens on `address`.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn ask_service(address: SocketAddr) -> anyhow::Result<()> {
    let channel = Channel::remote(format!("http://{address}").parse()?);
    if !is_ready(channel).await {
        bail!("{address} is not ready");
    }
    Ok(())
}

async fn ask_gateway(address: SocketAddr, certificate: Option<(&Path, &Path)>) -> anyhow::Result<()> {
    let unreachable = || format!("nothing answers at {address}");
    let stream = TcpStream::connect(address).await.with_context(unreachable)?;
    let answer = match certificate {
        None => ask(stream, address).await,
        Some((certificate, _)) => {
            let stream = confab_rpc::connect_pinned(certificate, address.ip(), stream).await;
            ask(stream.with_context(|| format!("{address} shows another certificate"))?, address).await
        }
    };
    let answer = answer.with_context(unreachable)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
    if head.split(' ').nth(1) != Some("200") {
        bail!("{address} is not ready: {}", body.trim());
    }
    Ok(())
}

/// The whole answer to whether it is ready.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, address: SocketAddr) -> io::Result<String> {
    // HTTP/1.0, so that the end of the answer is the end of the connection.
    let request = format!("GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        for (listening, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("10.1.2.3:80", "10.1.2.3:80")]
        {
            assert_eq!(reachable(listening.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
