//! A MongoDB of one or three servers, whose primary steps down, or which is taken away.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mongodb::Client;
use mongodb::bson::{Document, doc};
use tempfile::TempDir;
use tokio::time::{interval, timeout};

/// How long it may take to begin, or to find another primary.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long whoever has stepped down may not be elected again, in seconds.
const AWAY_SECONDS: i32 = 10;
/// How long nobody need hear a primary before they elect another, in milliseconds.
const ELECTION_MILLIS: i32 = 2_000;
const NAME: &str = "ordeal";
/// Small, and seen by nobody else.
const SETTINGS: &str = "--bind_ip 127.0.0.1 --nounixsocket --quiet --wiredTigerCacheSizeGB 0.25 \
                        --setParameter diagnosticDataCollectionEnabled=false";

/// Servers. They end, and their data goes, with this value.
pub struct ReplicaSet {
    servers: Vec<Child>,
    hosts: Vec<String>,
    client: Client,
    _folder: TempDir,
}

impl ReplicaSet {
    /// A server on each of `ports`.
    pub async fn start(ports: &[u16]) -> Self {
        // Not among temporary files: these are memory on many systems, where fsync costs nothing.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (mut servers, mut hosts) = (Vec::new(), Vec::new());
        for port in ports {
            let data = folder.path().join(port.to_string());
            std::fs::create_dir(&data).unwrap();
            servers.push(mongod(*port, &data));
            hosts.push(format!("127.0.0.1:{port}"));
        }
        initiate(&hosts).await;
        let client = Client::with_uri_str(url(&hosts)).await.unwrap();
        let set = Self { servers, hosts, client, _folder: folder };
        set.other_primary("").await;
        set
    }

    pub fn url(&self) -> String {
        url(&self.hosts)
    }

    /// Sends all servers `signal`: after `STOP` they are there and say nothing, until `CONT`.
    pub fn signal(&self, signal: &str) {
        for server in &self.servers {
            let kill = format!("kill -{signal} {}", server.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        }
    }

    /// Lets the primary step down, and returns when another one is there.
    pub async fn step_down(&self) {
        let before = self.other_primary("").await;
        let stepping_down = async {
            let mut pause = interval(PAUSE);
            // It may refuse as long as no other has all that it has.
            while self.ask(doc! { "replSetStepDown": AWAY_SECONDS }).await.is_err() {
                pause.tick().await;
            }
        };
        timeout(PATIENCE, stepping_down).await.expect("the primary steps down");
        self.other_primary(&before).await;
    }

    /// The primary, once there is one and it is not `this`.
    async fn other_primary(&self, this: &str) -> String {
        let looking = async {
            let mut pause = interval(PAUSE);
            loop {
                pause.tick().await;
                // Without one there is nobody to answer.
                let Ok(answer) = self.ask(doc! { "hello": 1 }).await else { continue };
                let name = answer.get_str("me").unwrap();
                if answer.get_bool("isWritablePrimary").unwrap_or(false) && name != this {
                    return name.to_owned();
                }
            }
        };
        timeout(PATIENCE, looking).await.expect("there is a primary")
    }

    async fn ask(&self, command: Document) -> mongodb::error::Result<Document> {
        self.client.database("admin").run_command(command).await
    }
}

impl Drop for ReplicaSet {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // Its data goes too.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn url(hosts: &[String]) -> String {
    format!("mongodb://{}/?replicaSet={NAME}", hosts.join(","))
}

fn mongod(port: u16, data: &Path) -> Child {
    let folder = std::env::var_os("CONFAB_TEST_TOOLS");
    let folder = folder.expect("run `cargo xtask test`, or set CONFAB_TEST_TOOLS");
    let mut command = Command::new(Path::new(&folder).join("mongod"));
    command.args(["--replSet", NAME, "--port", &port.to_string()]).args(SETTINGS.split_whitespace());
    command.arg("--dbpath").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Makes the servers a replica set.
async fn initiate(hosts: &[String]) {
    let members = (0..).zip(hosts).map(|(id, host)| doc! { "_id": id, "host": host });
    let settings = doc! { "electionTimeoutMillis": ELECTION_MILLIS };
    let config = doc! { "_id": NAME, "members": members.collect::<Vec<_>>(), "settings": settings };
    let first = format!("mongodb://{}/?directConnection=true", hosts[0]);
    let first = Client::with_uri_str(first).await.unwrap().database("admin");
    let asking = async {
        let mut pause = interval(PAUSE);
        // It refuses as long as the others do not answer yet.
        while first.run_command(doc! { "replSetInitiate": &config }).await.is_err() {
            pause.tick().await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the replica set begins");
}
