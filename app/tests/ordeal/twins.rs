//! Two nodes with every service in them, and the same data.

use std::os::unix::process::ExitStatusExt;

use confab_bench::person::gateway;
use tonic::transport::Endpoint;

use crate::place::{home, quiet_port};
use crate::process::{Home, Server};

/// The number of the signal that nobody can catch.
const SIGKILL: i32 = 9;

/// The nodes. They end with this.
pub struct Twins {
    ports: [u16; 2],
    /// `None` while it is dead.
    servers: [Option<Server>; 2],
    mongodb: String,
    bus: String,
    home: Home,
}

impl Twins {
    /// Starts both, and waits until they are ready.
    pub fn start(mongodb: String, bus: String) -> Self {
        let (ports, servers) = ([quiet_port(), quiet_port()], [None, None]);
        let mut twins = Self { ports, servers, mongodb, bus, home: home() };
        for node in 0..twins.ports.len() {
            twins.come(node);
        }
        twins
    }

    /// The ways to them.
    pub fn gateways(&self) -> [Endpoint; 2] {
        self.ports.map(|port| gateway(port).unwrap())
    }

    /// Kills one.
    pub fn go(&mut self, node: usize) {
        let mut server = self.servers[node].take().unwrap();
        server.signal("KILL");
        let status = server.wait();
        assert_eq!(status.signal(), Some(SIGKILL), "it ended by itself: {status}");
    }

    /// Starts one, and waits until it is ready.
    pub fn come(&mut self, node: usize) {
        let mut command = self.home.command(&[
            "serve",
            "--password-cost",
            "10",
            "--rate-limits",
            "off",
            "--conversation-limits",
            "off",
        ]);
        command.args(["--store", "mongodb", "--bus", &self.bus]).env("CONFAB_MONGODB_URL", &self.mongodb);
        // They have the folder with the keys in common.
        command.env("CONFAB_LISTEN", format!("127.0.0.1:{}", self.ports[node]));
        let server = Server::start(&mut command, self.ports[node]);
        server.wait_until_ready();
        self.servers[node] = Some(server);
    }
}
