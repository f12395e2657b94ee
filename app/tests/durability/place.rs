//! Where servers are that come back to the same place.

use std::net::TcpListener;
use std::ops::Range;

use crate::process::Home;
use crate::seed::unseeded;

/// Linux gives ports from 32,768 on to whoever connects somewhere. One below is
/// not taken while the server that listens on it is away.
const PORTS: Range<u16> = 15_000..32_000;

/// A home whose port stays free while its server is away.
pub fn home() -> Home {
    let mut home = Home::new();
    home.port = quiet_port();
    home
}

/// A port that stays free while the server that listens on it is away.
pub fn quiet_port() -> u16 {
    // Not the seed of the test: two tests at once are to look in different places.
    let mut random = unseeded();
    let first = PORTS.start + u16::try_from(random.below(PORTS.len() as u64)).unwrap();
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..PORTS.end).chain(PORTS.start..first).find(is_free).unwrap()
}
