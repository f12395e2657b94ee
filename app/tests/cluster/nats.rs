//! A NATS that comes and goes.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::place::quiet_port;

/// A NATS of its own, which ends with the test.
pub struct Nats {
    port: u16,
    child: Option<Child>,
}

impl Nats {
    /// One that is not there yet.
    pub fn away() -> Self {
        Self { port: quiet_port(), child: None }
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn come(&mut self) {
        let folder = std::env::var_os("CONFAB_TEST_TOOLS");
        let folder = folder.expect("run `cargo xtask test`, or set CONFAB_TEST_TOOLS");
        let mut command = Command::new(Path::new(&folder).join("nats-server"));
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.unwrap());
    }

    /// Ends at once, without telling anybody.
    pub fn go(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.go();
    }
}
