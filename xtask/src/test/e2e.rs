//! Two browsers chat: through one process, and through three.

use std::path::{Path, PathBuf};

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
    let test = Test {
        program: workspace::program(Profile::Dev)?,
        chromium: tools::chromium()?,
    };
    test.one_process()
        .context("with everything in one process, and the embedded store")?;
    test.three_processes()
        .context("with a process for each service, and MongoDB")?;
    Ok("one process and the embedded store; three processes and MongoDB".into())
}

/// What the two runs have in common.
struct Test {
    program: PathBuf,
    chromium: PathBuf,
}

impl Test {
    fn one_process(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let [port] = port::free()?;
        let mut settings = Settings::new(data.path());
        settings.set("--listen", &address(port));

        let mut server = Server::start(&self.program, &settings.words(), &[])?;
        server.ready(&self.program, &url(port))?;
        self.browse(port)
    }

    fn three_processes(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let mongod = Mongod::start()?;
        let ports: [u16; 3] = port::free()?;
        let [gateway, auth, message] = ports;

        // Each is told all addresses; it listens on its own, and calls the others.
        let mut settings = Settings::new(data.path());
        settings.set("--store", "mongodb");
        settings.set("--listen", &address(gateway));
        settings.set("--auth-listen", &address(auth));
        settings.set("--message-listen", &address(message));
        settings.set("--auth-url", &url(auth));
        settings.set("--message-url", &url(message));
        let mongodb_url = mongod.url();
        let secrets = [("CONFAB_MONGODB_URL", mongodb_url.as_str())];

        let mut servers = Vec::new();
        // The gateway first: the order of the starts must not matter.
        for (role, port) in [("gateway", gateway), ("auth", auth), ("message", message)] {
            let mut words = vec!["--only", role];
            words.extend(settings.words());
            servers.push((Server::start(&self.program, &words, &secrets)?, port));
        }
        for (server, port) in &mut servers {
            server.ready(&self.program, &url(*port))?;
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

/// Settings of a server, as they stand on its command line.
struct Settings(Vec<String>);

impl Settings {
    fn new(data: &Path) -> Self {
        Self(vec!["--data".into(), data.display().to_string()])
    }

    fn set(&mut self, flag: &str, value: &str) {
        self.0.extend([flag.to_owned(), value.to_owned()]);
    }

    fn words(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
