//! The processes: two of auth, and two of the message service.

use std::time::Duration;

use crate::person::Person;
use crate::process::{Home, Server, free_port};

/// How long processes may take to begin.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(100);

/// Two nodes that have their data in common. All end with this.
pub struct Nodes {
    /// Where auth listens, on each node.
    pub auth: [u16; 2],
    /// Where the message service listens, on each node.
    pub message: [u16; 2],
    servers: Vec<Server>,
    prefix: String,
    _home: Home,
}

impl Nodes {
    /// Starts them; they tell each other what happens by the NATS at `bus`.
    pub fn start(name: &str, bus: &str) -> Self {
        let (home, auth, message) = (Home::new(), [free_port(), free_port()], [free_port(), free_port()]);
        let prefix = format!("{name}{}", std::process::id());
        let start = |role: &str, node: usize, port: u16| {
            let auth = auth[node];
            let mut command = home.command(&["serve", "--only", role, "--store", "mongodb", "--bus", bus]);
            command.args(["--mongodb-prefix", &prefix]).env("CONFAB_MONGODB_URL", mongodb());
            command.env("CONFAB_AUTH_LISTEN", format!("127.0.0.1:{auth}"));
            command.env("CONFAB_AUTH_URL", format!("http://127.0.0.1:{auth}"));
            command.env("CONFAB_MESSAGE_LISTEN", format!("127.0.0.1:{}", message[node]));
            // As many as somebody asks for who wants to know times.
            command.env("CONFAB_LIVE_STREAMS_PER_USER_MAX", "1000");
            Server::start(&mut command, port)
        };
        let node =
            |number: usize| [start("auth", number, auth[number]), start("message", number, message[number])];
        let servers = [node(0), node(1)].into_iter().flatten().collect();
        Self { auth, message, servers, prefix, _home: home }
    }

    /// Signs somebody up, and waits for auth and the nodes if need be.
    pub async fn join(&self, name: &str) -> Person {
        let joining = async {
            let mut pause = tokio::time::interval(PAUSE);
            loop {
                pause.tick().await;
                let Ok(person) = Person::join(self.auth[0], name).await else { continue };
                let mut ready = true;
                for port in self.message {
                    ready &= person.at(port).is_answered().await;
                }
                if ready {
                    return person;
                }
            }
        };
        tokio::time::timeout(PATIENCE, joining).await.expect("the nodes begin in time")
    }

    /// Ends the processes, and leaves nothing behind in the database.
    pub async fn end(mut self) {
        self.servers.clear();
        let client = mongodb::Client::with_uri_str(mongodb()).await.unwrap();
        for name in ["auth", "message"] {
            client.database(&format!("{}_{name}", self.prefix)).drop().await.unwrap();
        }
    }
}

/// The MongoDB for tests.
fn mongodb() -> String {
    std::env::var("CONFAB_TEST_MONGODB").expect("run `cargo xtask test`, or set CONFAB_TEST_MONGODB")
}
