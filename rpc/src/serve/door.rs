//! Where a program listens, and whom it lets in.

use std::num::NonZeroUsize;

use tokio::net::TcpListener;

use super::Tls;

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
}
