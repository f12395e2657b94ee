//! How soon what a session has open ends with it, on every node.

use std::time::Duration;

use futures_util::future::join_all;
use tonic::Code;

use crate::nats::Nats;
use crate::nodes::Nodes;
use crate::person::{Person, Stream};

/// How late the end of a stream may be. That there is no NATS makes no difference.
const DELAY_MAX: Duration = Duration::from_secs(5);
/// How many streams each session has open on each node.
const STREAMS: usize = 4;

/// Streams of the session of `person` on both nodes.
async fn streams(nodes: &Nodes, person: &Person) -> Vec<Stream> {
    let places = nodes.message.map(|port| person.at(port));
    join_all(places.iter().cycle().take(2 * STREAMS).map(Person::listen)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_an_ended_session_end_on_every_node_and_others_go_on() {
    let nats = Nats::away();
    let nodes = Nodes::start("revocation", &nats.url());
    let (ended, other) = (nodes.join("ann").await, nodes.join("bob").await);
    let kept = ended.log_in(nodes.auth, "ann").await;
    let (ending, mut going_on) = (streams(&nodes, &ended).await, streams(&nodes, &kept).await);

    let acknowledged = kept.end_other_sessions(nodes.auth).await;
    let ends = join_all(ending.into_iter().map(Stream::end)).await;
    for (status, at) in &ends {
        assert_eq!(status.code(), Code::Unauthenticated, "{status:?}");
        assert!(at.saturating_duration_since(acknowledged) < DELAY_MAX);
    }
    let latest = ends.iter().map(|(_, at)| at.saturating_duration_since(acknowledged)).max();
    println!("{} streams have ended after {latest:?}", ends.len());

    for port in nodes.message {
        assert!(!ended.at(port).is_answered().await);
        assert!(kept.at(port).is_answered().await);
    }
    other.at(nodes.message[0]).say_to(&kept, "still there?").await;
    for stream in &mut going_on {
        assert_eq!(stream.hear().await.0, 1);
    }
    nodes.end().await;
}
