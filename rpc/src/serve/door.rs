//! Where a program listens, and whom it lets in.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};

use super::Tls;

/// How many connections the system keeps for us that we have not looked at yet, unless it is told to keep fewer
/// (`net.core.somaxconn`). Whoever comes when it is full tries again after a second: a crowd that comes back
/// all at once has to fit.
const WAITING_MAX: u32 = 4_096;

/// Listens on `address`, with room for a crowd.
///
/// # Errors
///
/// If the system does not let us.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // What is left of connections of the process before does not keep this one from its port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MAX)
}

/// Where a program listens, and whom it lets in.
pub struct Door {
    /// Where it listens.
    pub listener: TcpListener,
    /// How many it lets in.
    pub limits: DoorConfig,
    /// Its certificate; without one it speaks clear text.
    pub tls: Option<Tls>,
}

/// Settings of a door.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct DoorConfig {
    /// How many connections may be open at once; further ones are closed at once
    ///
    /// Each needs a file descriptor and some 30 KiB. Too few, and people are
    /// turned away; more than there are descriptors (`ulimit -n`), and they wait.
    #[arg(long, env = "CONFAB_CONNECTIONS", value_name = "COUNT", default_value = "20000")]
    pub connections: NonZeroUsize,

    /// How many of them one network may have: 24 bits of IPv4, 48 of IPv6; 0 for as many as it likes
    ///
    /// A browser has one over TLS and up to six in clear text. Behind proxies
    /// all connections come from them, and nothing is counted: see --proxies.
    #[arg(long, env = "CONFAB_NETWORK_CONNECTIONS", value_name = "COUNT", default_value = "4000")]
    pub network_connections: usize,

    /// How old a connection may get before its client is told to make another one, such as 30m; at least 1m
    ///
    /// What is under way on it may end. So load spreads over new nodes, and
    /// streams end with their tokens; too short, and clients do little else.
    #[arg(
        long,
        env = "CONFAB_CONNECTION_AGE",
        value_name = "DURATION",
        default_value = "30m",
        value_parser = connection_age
    )]
    pub connection_age: Duration,
}

/// The least that clients can be asked to bear.
const CONNECTION_AGE_MIN: Duration = Duration::from_mins(1);

fn connection_age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if age < CONNECTION_AGE_MIN { Err("must be at least 1m".into()) } else { Ok(age) }
}
