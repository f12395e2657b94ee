//! `/openapi.json` is valid, and a running server does what it says: nothing is answered with 5xx, and nothing otherwise
//! than it is described.

use anyhow::{Context, Result};

use crate::run::{EVERYTHING, cargo_linting, run};
use crate::server::Server;
use crate::tools::API_CHECK;
use crate::workspace::{self, Profile};
use crate::{port, prerequisites};

const CHECK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/test/openapi.py");

/// How many requests are made up for each operation, beside those at its limits; more take minutes.
const EXAMPLES_VARIABLE: &str = "CONFAB_TEST_OPENAPI_EXAMPLES";

/// All requests come from one person on one machine, within seconds.
const CROWD: [&str; 6] = ["--entry-limits", "off", "--rate-limits", "off", "--conversation-limits", "off"];

/// Checks the document, and a server by it.
pub fn check() -> Result<String> {
    prerequisites::for_building()?;
    prerequisites::for_lints()?;
    // As the stages before have built it: of less, other features would be compiled anew.
    run(&mut cargo_linting(EVERYTHING)).context("cannot build the server")?;
    let data = tempfile::Builder::new().prefix("confab-openapi-").tempdir()?;
    let folder = data.path().display().to_string();
    let [port] = port::free()?;
    let listen = format!("127.0.0.1:{port}");
    let settings = [&["--data", &folder, "--listen", &listen, "--log", "warn"], &CROWD[..]].concat();
    let program = workspace::program(Profile::Dev)?;
    let mut server = Server::start(&program, &settings, &[("XDG_CONFIG_HOME", &folder)])?;
    server.ready()?;
    run(API_CHECK.python(&[CHECK, &port.to_string()])?.arg(data.path()))?;
    Ok(match std::env::var(EXAMPLES_VARIABLE) {
        Ok(examples) => format!("{examples} examples for each operation"),
        Err(_) => format!("a few examples for each operation; more with {EXAMPLES_VARIABLE}"),
    })
}
