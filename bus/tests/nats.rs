//! The bus between nodes, with a real NATS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::future::pending;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use confab_bus::{Bus, Heard, Listener, NatsServers, Ring, Whisper};
use confab_core::ConversationId;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A NATS of its own, which ends with the test.
struct Nats {
    port: u16,
    child: Option<Child>,
    options: &'static [&'static str],
}

impl Nats {
    fn away() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, child: None, options: &[] }
    }

    fn start() -> Self {
        let mut nats = Self::away();
        nats.come();
        nats
    }

    fn come(&mut self) {
        let mut command = Command::new(tool("nats-server"));
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]).args(self.options);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.unwrap());
    }

    fn go(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn node(&self) -> Node {
        self.node_as(None)
    }

    fn node_as(&self, credentials: Option<&str>) -> Node {
        let servers: NatsServers = format!("nats://127.0.0.1:{}", self.port).parse().unwrap();
        let secret = credentials.map(|text| SecretString::from(text.to_owned()).into());
        let (bus, line) = Bus::nats(servers.with_credentials(secret), "test");
        let listener = bus.listen();
        Node { bus, listener, running: tokio::spawn(line.run(pending())) }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.go();
    }
}

fn tool(name: &str) -> PathBuf {
    let folder = std::env::var_os("CONFAB_TEST_TOOLS");
    Path::new(&folder.expect("run `cargo xtask test`, or set CONFAB_TEST_TOOLS")).join(name)
}

struct Node {
    bus: Bus,
    listener: Listener,
    running: JoinHandle<()>,
}

impl Drop for Node {
    /// As if it were killed: without a farewell.
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Node {
    /// The next thing heard that `is_it`.
    async fn hear(&mut self, is_it: impl Fn(&Heard) -> bool) -> Heard {
        let heard = async {
            loop {
                let heard = self.listener.next().await.unwrap();
                if is_it(&heard) {
                    return heard;
                }
            }
        };
        timeout(PATIENCE, heard).await.expect("heard in time")
    }

    async fn hear_ring(&mut self) -> Ring {
        match self.hear(|heard| matches!(heard, Heard::Ring(_))).await {
            Heard::Ring(ring) => ring,
            other => panic!("no ring: {other:?}"),
        }
    }

    async fn hear_missed(&mut self) {
        self.hear(|heard| *heard == Heard::Missed).await;
    }
}

/// Whispers from `from` until `to` hears it: both are connected then.
async fn connect(from: &Node, to: &mut Node) {
    let key = Uuid::new_v4();
    let whispering = async {
        let mut pause = tokio::time::interval(Duration::from_millis(20));
        loop {
            pause.tick().await;
            from.bus.whisper(Whisper { key, payload: Bytes::new() });
        }
    };
    tokio::select! {
        () = whispering => {}
        _ = to.hear(|heard| matches!(heard, Heard::Whisper(whisper) if whisper.key == key)) => {}
    }
}

fn ring(seq: i64) -> Ring {
    let conversation = ConversationId::from_uuid(Uuid::from_u128(1));
    Ring { conversation, seq, events: vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")] }
}

fn without_events(seq: i64) -> Ring {
    Ring { events: Vec::new(), ..ring(seq) }
}

#[tokio::test]
async fn nodes_hear_each_other_and_themselves_once() {
    let nats = Nats::start();
    let (mut one, mut other) = (nats.node(), nats.node());
    connect(&one, &mut other).await;
    connect(&other, &mut one).await;

    one.bus.ring(ring(2));
    assert_eq!(other.hear_ring().await, ring(2));
    assert_eq!(one.hear_ring().await, ring(2));
    // Were it heard twice, it would be now.
    other.bus.ring(ring(4));
    assert_eq!(one.hear_ring().await, ring(4));
}

#[tokio::test]
async fn events_that_nats_does_not_take_are_left_out() {
    let nats = Nats::start();
    let (one, mut other) = (nats.node(), nats.node());
    connect(&one, &mut other).await;
    one.bus.ring(Ring { events: vec![vec![7; 2 * 1024 * 1024].into()], ..ring(3) });
    assert_eq!(other.hear_ring().await, without_events(3));
}

#[tokio::test]
async fn a_nats_that_goes_away_is_noticed_and_one_that_comes_back_is_used() {
    let mut nats = Nats::away();
    let (one, mut other) = (nats.node(), nats.node());
    // Heard although there is nobody to say it.
    other.hear_missed().await;
    nats.come();
    connect(&one, &mut other).await;

    nats.go();
    other.hear_missed().await;
    one.bus.ring(ring(8));
    nats.come();
    // It was in vain, or not yet: either way it is heard of.
    assert_eq!(other.hear_ring().await.seq, 8);
    connect(&one, &mut other).await;
    one.bus.ring(ring(10));
    assert_eq!(other.hear_ring().await, ring(10));
}

#[tokio::test]
async fn a_node_that_falls_silent_is_missed() {
    let nats = Nats::start();
    let (one, mut other) = (nats.node(), nats.node());
    connect(&one, &mut other).await;
    let peace = async { while timeout(Duration::from_secs(2), other.listener.next()).await.is_ok() {} };
    timeout(PATIENCE, peace).await.expect("as long as all are heard, nothing is missed");

    drop(one);
    other.hear_missed().await;
}

#[tokio::test]
async fn what_is_not_ours_is_ignored() {
    let nats = Nats::start();
    let (one, mut other) = (nats.node(), nats.node());
    connect(&one, &mut other).await;
    let stranger = async_nats::connect(format!("nats://127.0.0.1:{}", nats.port)).await.unwrap();
    for subject in ["test.ring.7", "test.ring.digest", "test.whisper.1", "another.ring.1"] {
        stranger.publish(subject, Bytes::from_static(b"\xff nonsense")).await.unwrap();
    }
    stranger.flush().await.unwrap();
    one.bus.ring(ring(2));
    assert_eq!(other.hear_ring().await, ring(2));
}

#[tokio::test]
async fn credentials_are_used() {
    let mut nats = Nats::away();
    nats.options = &["--user", "ann", "--pass", "hunter2:x"];
    nats.come();
    let (one, mut other) = (nats.node_as(Some("ann:hunter2:x")), nats.node_as(Some("ann:hunter2:x")));
    connect(&one, &mut other).await;
    nats.node().hear_missed().await;
}
