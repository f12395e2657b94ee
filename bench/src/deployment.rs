//! The product, started for one scenario, with data of its own, and ended after it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::Endpoint;

use crate::person;
use crate::process::Watched;

/// How long the product may take from its start until it is ready.
const READY_MAX: Duration = Duration::from_mins(1);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(50);
/// How much of its log is shown when it does not become ready, in lines.
const LAST_WORDS_LINES: usize = 5;

/// What every variable of the product begins with.
const PREFIX: &str = "CONFAB_";
/// Bcrypt at its cheapest: sign-ups are not what is measured.
pub const PASSWORD_COST: &str = "10";

/// The services behind a gateway.
const SERVICES: [&str; 3] = ["auth", "message", "media"];
/// The place of the message service among them.
const MESSAGE: usize = 1;

/// What of the product runs, and where it keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Topology {
    /// One process, with the embedded database.
    Embedded,
    /// One process, with `MongoDB`.
    Mongodb,
    /// Two processes with one `MongoDB`, and NATS between them. People come to both in turn.
    TwoNodes,
}

/// What there is to run the product with.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The program `confab`.
    pub program: PathBuf,
    /// Where `MongoDB` is, if there is one.
    pub mongodb_url: Option<String>,
    /// Where NATS is, if there is one.
    pub nats_url: Option<String>,
    /// Processes beside the product that work for it, such as mongod.
    pub beside: Vec<Watched>,
}

/// How many connections one network may have, which goes with what happens to networks that flood. A setting
/// of the product; without it, a [`Deployment`] has no such limit.
pub const NETWORK_CONNECTIONS: &str = "--network-connections";

/// The product, running. It ends, and its files go, with this value.
pub struct Deployment {
    nodes: Vec<Node>,
    // After the nodes, as fields are dropped in this order.
    _folder: TempDir,
    beside: Vec<Watched>,
}

/// The product with a process for each service. It ends, and its files go, with this value.
pub struct Apart {
    gateway: Node,
    message: u16,
    services: Vec<Node>,
    // After the nodes, as fields are dropped in this order.
    _folder: TempDir,
}

/// One process of the product, with a gateway.
struct Node {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Topology {
    /// How many processes there are with everything in them.
    const fn nodes(self) -> usize {
        match self {
            Self::Embedded | Self::Mongodb => 1,
            Self::TwoNodes => 2,
        }
    }

    /// Whether it needs a `MongoDB`.
    #[must_use]
    pub const fn needs_mongodb(self) -> bool {
        match self {
            Self::Embedded => false,
            Self::Mongodb | Self::TwoNodes => true,
        }
    }

    /// Whether it needs a NATS.
    #[must_use]
    pub const fn needs_nats(self) -> bool {
        self.nodes() > 1
    }
}

impl Deployment {
    /// Starts the product with `settings` beside those that the topology asks
    /// for, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// If it does not become ready, with what it said last.
    pub async fn start(environment: &Environment, topology: Topology, settings: &[&str]) -> Result<Self> {
        let folder = folder(environment)?;
        let mut nodes = Vec::new();
        for number in 0..topology.nodes() {
            nodes.push(Node::spawn(environment, topology, folder.path(), number, settings)?);
        }
        for node in &mut nodes {
            node.ready().await?;
        }
        Ok(Self { nodes, _folder: folder, beside: environment.beside.clone() })
    }

    /// The ways to its gateways.
    ///
    /// # Errors
    ///
    /// Never: ports are ports.
    pub fn gateways(&self) -> Result<Vec<Endpoint>> {
        self.nodes.iter().map(|node| Ok(person::gateway(node.port)?)).collect()
    }

    /// The port of the first of its gateways.
    ///
    /// # Errors
    ///
    /// Never: there is one.
    pub fn port(&self) -> Result<u16> {
        Ok(self.nodes.first().context("there is no gateway")?.port)
    }

    /// Its processes, and those that work for it.
    #[must_use]
    pub fn processes(&self) -> Vec<Watched> {
        self.nodes().into_iter().chain(self.beside.iter().cloned()).collect()
    }

    /// Its own processes.
    #[must_use]
    pub fn nodes(&self) -> Vec<Watched> {
        let nodes = self.nodes.iter().enumerate().map(|(number, node)| {
            let name =
                if self.nodes.len() == 1 { "confab".to_owned() } else { format!("confab {}", number + 1) };
            Watched { name, pid: node.child.id() }
        });
        nodes.collect()
    }
}

impl Apart {
    /// Starts the services and a gateway, each with the embedded database, and waits until all are ready.
    ///
    /// # Errors
    ///
    /// If they do not become ready, with what the gateway said last.
    pub async fn start(environment: &Environment) -> Result<Self> {
        let folder = folder(environment)?;
        let ports = [free_port()?, free_port()?, free_port()?];
        // Each is told all addresses: it listens on its own, and calls the others.
        let addresses = SERVICES.iter().zip(ports).flat_map(|(service, port)| {
            let listen = [format!("--{service}-listen"), format!("127.0.0.1:{port}")];
            let url = [format!("--{service}-url"), format!("http://127.0.0.1:{port}")];
            listen.into_iter().chain(url)
        });
        let addresses: Vec<String> = addresses.collect();
        let start = |number: usize, role: &str| {
            let settings: Vec<&str> =
                ["--only", role].into_iter().chain(addresses.iter().map(String::as_str)).collect();
            Node::spawn(environment, Topology::Embedded, folder.path(), number, &settings)
        };
        let services = SERVICES.iter().enumerate().map(|(number, service)| start(number, service));
        let services = services.collect::<Result<Vec<_>>>()?;
        let mut gateway = start(SERVICES.len(), "gateway")?;
        // It is once those that it calls are.
        gateway.ready().await?;
        Ok(Self { gateway, message: ports[MESSAGE], services, _folder: folder })
    }

    /// The way to the gateway.
    ///
    /// # Errors
    ///
    /// Never: ports are ports.
    pub fn gateway(&self) -> Result<Endpoint> {
        Ok(person::gateway(self.gateway.port)?)
    }

    /// The port of the gateway.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.gateway.port
    }

    /// The processes: those of the services, by their names, and that of the gateway.
    #[must_use]
    pub fn processes(&self) -> Vec<Watched> {
        let services = SERVICES.iter().zip(&self.services);
        let all = services.chain([(&"gateway", &self.gateway)]);
        all.map(|(name, node)| Watched { name: (*name).to_owned(), pid: node.child.id() }).collect()
    }

    /// The process of the media service.
    ///
    /// # Errors
    ///
    /// Never: there is one.
    pub fn media(&self) -> Result<Watched> {
        let media = self.processes().into_iter().find(|process| process.name == "media");
        media.context("there is no media service")
    }

    /// The way to the message service, past the gateway.
    ///
    /// # Errors
    ///
    /// Never: ports are ports.
    pub fn message(&self) -> Result<Endpoint> {
        Ok(person::gateway(self.message)?)
    }
}

impl Node {
    fn spawn(
        environment: &Environment,
        topology: Topology,
        folder: &Path,
        number: usize,
        settings: &[&str],
    ) -> Result<Self> {
        let (port, log) = (free_port()?, folder.join(format!("log-{number}")));
        let mut command = Command::new(&environment.program);
        // Nothing of the developer's own settings.
        for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with(PREFIX)) {
            command.env_remove(variable);
        }
        command.env("XDG_CONFIG_HOME", folder.join("config"));
        command.args(["serve", "--log", "warn", "--password-cost", PASSWORD_COST]);
        // All people come from this machine, and at once.
        command.args(["--entry-limits", "off", "--rate-limits", "off", "--conversation-limits", "off"]);
        if !settings.contains(&NETWORK_CONNECTIONS) {
            command.args([NETWORK_CONNECTIONS, "0"]);
        }
        command.arg("--data").arg(folder).args(["--listen", &format!("127.0.0.1:{port}")]).args(settings);
        if topology.needs_mongodb() {
            let url = environment.mongodb_url.as_ref().context("this topology needs the URL of a MongoDB")?;
            // The name of the folder is random, so nobody else has this prefix.
            let name = folder.file_name().unwrap_or_default().to_string_lossy().replace('.', "");
            command.args(["--store", "mongodb", "--mongodb-prefix", &name]).env("CONFAB_MONGODB_URL", url);
        }
        if topology.needs_nats() {
            let url = environment.nats_url.as_ref().context("this topology needs the URL of a NATS")?;
            command.args(["--bus", url]);
        }
        let output = File::create(&log).context("cannot make a log file")?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output).spawn();
        let child = child.with_context(|| format!("cannot start {}", environment.program.display()))?;
        Ok(Self { child, port, log })
    }

    async fn ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_MAX;
        while !is_ready(self.port).await {
            if let Some(status) = self.child.try_wait().context("cannot ask after the product")? {
                bail!("the product ended with {status}: {}", self.last_words());
            }
            ensure!(Instant::now() < deadline, "the product is not ready: {}", self.last_words());
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_WORDS_LINES)..].join("\n")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // What it had to write is written; its data goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the gateway on `port` says that everything behind it is ready.
async fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return false };
    let mut answer = String::new();
    let request = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let asked = stream.write_all(request).await.is_ok();
    asked && stream.read_to_string(&mut answer).await.is_ok() && answer.starts_with("HTTP/1.0 200")
}

/// A folder for the data of one deployment, which goes with the value.
fn folder(environment: &Environment) -> Result<TempDir> {
    // Beside the program: the folder for temporary files is memory on many
    // systems, where fsync costs nothing.
    let place = environment.program.parent().context("the program lies in no folder")?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place);
    folder.context("cannot make a folder for data")
}

/// A port that nobody listens on now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr().context("a listener without an address")?.port())
}
