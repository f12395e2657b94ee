//! How soon what a session has open ends with it, on every node.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tonic::Code;

use crate::nats::Nats;
use crate::nodes::Nodes;
use crate::person::{Person, Stream};

/// How late the end of a stream may be. That there is no NATS makes no difference.
const DELAY_MAX: Duration = Duration::from_secs(5);
/// The same on the node that has ended the session. It is asked for where times are taken: a machine that is
/// busy with other tests may take longer.
const DELAY_HERE_MAX: Duration = Duration::from_secs(1);
/// How many streams each session has open on each node. `CONFAB_TEST_STREAMS` asks for more, and for times.
const STREAMS: usize = 4;
/// How many of them share a connection.
const SHARED_MAX: usize = 50;

/// How many streams somebody asks for, who wants to know times.
fn timed() -> Option<usize> {
    std::env::var("CONFAB_TEST_STREAMS").ok().map(|streams| streams.parse().unwrap())
}

/// Streams of the session of `person` on each node.
async fn streams(nodes: &Nodes, person: &Person) -> [Vec<Stream>; 2] {
    let (wanted, mut opened) = (timed().unwrap_or(STREAMS), [Vec::new(), Vec::new()]);
    for (port, opened) in nodes.message.into_iter().zip(&mut opened) {
        while opened.len() < wanted {
            let place = person.at(port);
            let count = SHARED_MAX.min(wanted - opened.len());
            opened.extend(join_all((0..count).map(|_| place.listen())).await);
        }
    }
    opened
}

/// Waits until all of them have ended, and says how long that took.
async fn ends(streams: Vec<Stream>, acknowledged: Instant, most: Duration, what: String) {
    let (count, mut latest) = (streams.len(), Duration::ZERO);
    for (status, at) in join_all(streams.into_iter().map(Stream::end)).await {
        assert_eq!(status.code(), Code::Unauthenticated, "{status:?}");
        latest = latest.max(at.saturating_duration_since(acknowledged));
    }
    println!("{what}: {count} streams have ended after {latest:?}");
    assert!(latest < most, "{what}: {latest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_ends_ends_on_every_node_and_all_else_goes_on() {
    let mut nats = Nats::away();
    let nodes = Nodes::start("revocation", &nats.url());
    let (kept, other) = (nodes.join("ann").await, nodes.join("bob").await);
    let mut going_on = streams(&nodes, &kept).await;
    let here_max = timed().map_or(DELAY_MAX, |_| DELAY_HERE_MAX);
    for (seq, with) in [(1, "without NATS"), (2, "with NATS")] {
        if seq == 2 {
            nats.come();
        }
        // Begun on one node, and ended on the other.
        let ended = kept.log_in(nodes.auth[1], "ann").await;
        let [here, there] = streams(&nodes, &ended).await;
        let acknowledged = kept.end_other_sessions(nodes.auth[0]).await;
        tokio::join!(
            ends(here, acknowledged, here_max, format!("{with}, on the node itself")),
            ends(there, acknowledged, DELAY_MAX, format!("{with}, on the other node")),
        );
        for port in nodes.message {
            assert!(!ended.at(port).is_answered().await);
            assert!(kept.at(port).is_answered().await);
        }
        other.at(nodes.message[0]).say_to(&kept, "still there?").await;
        for stream in going_on.iter_mut().flatten() {
            assert_eq!(stream.hear().await.0, seq);
        }
    }
    nodes.end().await;
}
