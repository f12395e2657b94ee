//! Ports that nobody else uses.

use std::net::{Ipv4Addr, TcpListener};
use std::process;

use anyhow::{Context, Result};

/// Ports of the loopback address that are free now, all different.
///
/// Somebody else may take one before we do; then the server that wants it says so, and the stage fails.
pub fn free<const COUNT: usize>() -> Result<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    // Each is held until all are found, or the same one could be found twice.
    let mut held = Vec::with_capacity(COUNT);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
        *port = listener.local_addr().context("a listener without an address")?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// The ports that the system gives to nobody who does not ask for them: those of connections are above.
const ASKED_FOR: std::ops::Range<u32> = 20_000..32_000;

/// The same, for who listens only after many connections have been made, which must not have taken them.
pub fn free_for_later<const COUNT: usize>() -> Result<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    let mut held = Vec::with_capacity(COUNT);
    // Whoever else runs this begins elsewhere.
    let (first, count) = (ASKED_FOR.start, ASKED_FOR.end - ASKED_FOR.start);
    let mut candidates = (0..count).map(|step| first + (process::id() % count * 7 + step) % count);
    for port in &mut ports {
        let free = candidates.find_map(|candidate| {
            let candidate = u16::try_from(candidate).ok()?;
            TcpListener::bind((Ipv4Addr::LOCALHOST, candidate)).ok().map(|listener| (candidate, listener))
        });
        let (found, listener) = free.context("no port is free")?;
        *port = found;
        held.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_for_later_differ_and_are_none_of_connections() {
        let [one, two, three] = free_for_later().unwrap();
        assert!(one != two && two != three && one != three);
        assert!([one, two, three].iter().all(|port| ASKED_FOR.contains(&u32::from(*port))));
    }

    #[test]
    fn free_ports_differ() {
        let [one, two, three] = free().unwrap();
        assert!(one != two && two != three && one != three);
    }
}
