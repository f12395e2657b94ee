//! How soon one node tells what another has stored.

use std::time::{Duration, Instant};

use crate::nats::Nats;
use crate::nodes::Nodes;
use crate::person::{Person, Stream};

/// How late news may be with a NATS.
const DELAY_MAX: Duration = Duration::from_secs(1);
/// How late without one.
const DELAY_WITHOUT_MAX: Duration = Duration::from_secs(5);
/// How soon after a NATS has come back news must be fast again.
const RECOVERY_MAX: Duration = Duration::from_secs(20);
/// How many messages are said in each phase.
const MESSAGES: usize = 20;

/// Two people at two nodes. What one says, the other is to hear: each event
/// once, and in order.
struct Pair {
    speaker: Person,
    listener: Person,
    stream: Stream,
    heard: i64,
}

impl Pair {
    async fn meet(nodes: &Nodes) -> Self {
        let (speaker, listener) = (nodes.join("ann").await, nodes.join("bob").await);
        let [here, there] = nodes.message;
        let (speaker, listener) = (speaker.at(here), listener.at(there));
        let stream = listener.listen().await;
        Self { speaker, listener, stream, heard: 0 }
    }

    /// Says something, and returns how long it took from the acknowledgement
    /// until it was heard.
    async fn delay(&mut self) -> Duration {
        let (seq, said) = self.speaker.say_to(&self.listener, "hello").await;
        let (heard, at) = self.stream.hear().await;
        assert_eq!([seq, heard], [self.heard + 1; 2], "once, and in order");
        self.heard = heard;
        at.saturating_duration_since(said)
    }

    async fn delays(&mut self, count: usize, what: &str) -> Duration {
        let mut delays = Vec::new();
        for _ in 0..count {
            delays.push(self.delay().await);
        }
        delays.sort_unstable();
        let longest = delays[count - 1];
        println!("{what}: median {:?}, longest {longest:?}", delays[count / 2]);
        longest
    }

    /// Says things until they are heard at once.
    async fn recover(&mut self) -> Duration {
        let begin = Instant::now();
        loop {
            if self.delay().await < DELAY_MAX / 10 {
                return begin.elapsed();
            }
            assert!(begin.elapsed() < RECOVERY_MAX, "still slow");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_tell_each_other_with_nats_and_without() {
    let mut nats = Nats::away();
    let nodes = Nodes::start("cluster", &nats.url());
    let mut pair = Pair::meet(&nodes).await;

    // The conversation begins while there is no NATS yet.
    let longest = pair.delays(3, "before NATS").await;
    assert!(longest < DELAY_WITHOUT_MAX, "{longest:?}");

    nats.come();
    println!("fast after {:?}", pair.recover().await);
    let longest = pair.delays(MESSAGES, "with NATS").await;
    assert!(longest < DELAY_MAX, "{longest:?}");

    nats.go();
    let longest = pair.delays(MESSAGES / 4, "without NATS").await;
    assert!(longest < DELAY_WITHOUT_MAX, "{longest:?}");

    nats.come();
    println!("fast again after {:?}", pair.recover().await);
    let longest = pair.delays(MESSAGES, "with NATS again").await;
    assert!(longest < DELAY_MAX, "{longest:?}");
    nodes.end().await;
}
