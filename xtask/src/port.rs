//! Ports that nobody else uses.

use std::net::{Ipv4Addr, TcpListener};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let [one, two, three] = free().unwrap();
        assert!(one != two && two != three && one != three);
    }
}
