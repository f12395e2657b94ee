//! A NATS for two nodes of the product.

use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{self, Group};
use crate::run::{announce, command};
use crate::{port, tools};

/// How long it may take until it listens.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// A running nats-server. It ends with this value.
pub struct Nats {
    group: Group,
    port: u16,
}

impl Nats {
    /// Starts a nats-server, and waits until it listens.
    pub fn start() -> Result<Self> {
        let program = tools::ensure(&tools::NATS_SERVER)?;
        let [port] = port::free()?;
        let mut serve = command(&program, &["--addr", "127.0.0.1", "--port", &port.to_string()]);
        announce(&serve);
        let mut nats = Self { group: Group::spawn(&mut serve)?, port };
        process::wait_until("nats-server listens", READY_TIMEOUT, || {
            if let Some(status) = nats.group.ended()? {
                bail!("nats-server ended with {status}");
            }
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())
        })?;
        Ok(nats)
    }

    /// Where nodes find it.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.group.leader.id()
    }
}
