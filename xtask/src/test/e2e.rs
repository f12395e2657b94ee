//! Two browsers chat: through one process, and through four.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::mongod::Mongod;
use crate::run::run;
use crate::server::Server;
use crate::tools::{self, CHROMIUM_VARIABLE};
use crate::workspace::{self, Profile};
use crate::{port, prerequisites, up, web};

/// Builds everything, and runs the browser test against both forms of the system.
pub fn test() -> Result<String> {
    prerequisites::for_building()?;
    web::build()?;
    up::build_server(Profile::Dev)?;
    let test = Test { program: workspace::program(Profile::Dev)?, chromium: tools::chromium()? };
    test.one_process().context("with everything in one process, and the embedded store")?;
    test.four_processes().context("with a process for each service, and MongoDB")?;
    Ok("one process and the embedded store; four processes and MongoDB".into())
}

/// All people of the stories come from one machine, within minutes.
const CROWD: [&str; 2] = ["--entry-limits", "off"];

/// What the two runs have in common.
struct Test {
    program: PathBuf,
    chromium: PathBuf,
}

impl Test {
    fn one_process(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let folder = data.path().display().to_string();
        let [port] = port::free()?;
        let listen = address(port);

        let settings = [&["--data", &folder, "--listen", &listen], &CROWD[..]].concat();
        let mut server = Server::start(&self.program, &settings, &[("XDG_CONFIG_HOME", &folder)])?;
        server.ready()?;
        self.browse(port)
    }

    fn four_processes(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let folder = data.path().display().to_string();
        let mongod = Mongod::start()?;
        let [gateway, auth, message, media] = port::free()?;

        // Each is told all addresses: it listens on its own, and calls the others.
        let listen = address(gateway);
        let [auth, message, media] = [auth, message, media].map(address);
        let [auth_url, message_url, media_url] =
            [&auth, &message, &media].map(|address| format!("http://{address}"));
        let addresses = ["--listen", &listen, "--auth-listen", &auth];
        let addresses = [&addresses[..], &["--message-listen", &message, "--media-listen", &media]].concat();
        let upstreams = ["--auth-url", &auth_url, "--message-url", &message_url, "--media-url", &media_url];
        let mongodb = mongod.url();
        // The folder of the configuration has none in it: the developer's own is not for tests.
        let variables = [("XDG_CONFIG_HOME", folder.as_str()), ("CONFAB_MONGODB_URL", &mongodb)];

        let mut servers = Vec::new();
        // The gateway first: the order must not matter.
        for role in ["gateway", "media", "auth", "message"] {
            let own = ["--only", role, "--store", "mongodb", "--data", &folder];
            let settings = [&own[..], &addresses, &upstreams, &CROWD].concat();
            servers.push(Server::start(&self.program, &settings, &variables)?);
        }
        for server in &mut servers {
            server.ready()?;
        }
        self.browse(gateway)
    }

    /// Runs the browser test against the gateway on `port`.
    fn browse(&self, port: u16) -> Result<()> {
        let mut browse = web::npm(&["run", "e2e"]);
        run(browse
            .env("CONFAB_URL", format!("http://localhost:{port}"))
            .env(CHROMIUM_VARIABLE, &self.chromium))
    }
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}
