//! `cargo xtask oracle`: the JSON door beside Envoy's, before the same services.
//!
//! Envoy has a transcoder of its own, by the same annotations of the contract. What the two make of a list of requests is
//! compared field by field; `compare.py` has the list, and says of each difference why it is there.

use anyhow::Result;

use crate::run::{command, run};
use crate::server::Server;
use crate::tools::{self, BUF, ENVOY};
use crate::workspace::{self, Profile};
use crate::{port, prerequisites, up};

const COMPARE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/oracle/compare.py");

/// Compares the two, and fails at a difference that is not explained.
pub fn oracle() -> Result<()> {
    prerequisites::for_building()?;
    up::build_server(Profile::Dev)?;
    let (buf, envoy) = (tools::ensure(&BUF)?, tools::ensure(&ENVOY)?);

    let data = tempfile::Builder::new().prefix("confab-oracle-").tempdir()?;
    let descriptors = data.path().join("contract.binpb");
    run(command(&buf, &["build", "--output"]).arg(&descriptors))?;

    let folder = data.path().display().to_string();
    let [port] = port::free()?;
    let listen = format!("127.0.0.1:{port}");
    // All people come from one machine, within seconds.
    let settings = ["--data", &folder, "--listen", &listen, "--entry-limits", "off"];
    let program = workspace::program(Profile::Dev)?;
    let mut server = Server::start(&program, &settings, &[("XDG_CONFIG_HOME", &folder)])?;
    server.ready()?;
    run(command("python3", &[COMPARE, &port.to_string()]).arg(envoy).arg(descriptors))
}
