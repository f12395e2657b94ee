//! What is done to the nodes, and to what they rest on.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::nats::Nats;
use crate::place::quiet_port;
use crate::replica_set::ReplicaSet;
use crate::twins::Twins;

/// Something that is done.
#[derive(Clone, Copy, Debug)]
pub enum Blow {
    NatsGoes,
    NatsComes,
    NodeGoes(usize),
    NodeComes(usize),
    PrimaryStepsDown,
}

/// One round of them, in this order: each by itself, then a node without NATS.
pub const ROUND: [Blow; 9] = [
    Blow::NatsGoes,
    Blow::NatsComes,
    Blow::NodeGoes(1),
    Blow::NodeComes(1),
    Blow::PrimaryStepsDown,
    Blow::NatsGoes,
    Blow::NodeGoes(0),
    Blow::NodeComes(0),
    Blow::NatsComes,
];

/// Everything that blows fall on.
pub struct Victims {
    pub twins: Twins,
    pub nats: Nats,
    pub mongodb: ReplicaSet,
}

impl Victims {
    /// Starts all of it.
    pub async fn start() -> Self {
        let mongodb = ReplicaSet::start(&[quiet_port(), quiet_port(), quiet_port()]).await;
        let mut nats = Nats::away();
        nats.come();
        let twins = tokio::task::block_in_place(|| Twins::start(mongodb.url(), nats.url()));
        Self { twins, nats, mongodb }
    }

    /// Does it, waits until what has come is ready, and returns how long that took.
    pub async fn suffer(&mut self, blow: Blow) -> Duration {
        let begin = Instant::now();
        match blow {
            Blow::NatsGoes => self.nats.go(),
            Blow::NatsComes => self.nats.come(),
            Blow::NodeGoes(node) => tokio::task::block_in_place(|| self.twins.go(node)),
            Blow::NodeComes(node) => tokio::task::block_in_place(|| self.twins.come(node)),
            Blow::PrimaryStepsDown => self.mongodb.step_down().await,
        }
        begin.elapsed()
    }
}

impl fmt::Display for Blow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NatsGoes => formatter.write_str("NATS is killed"),
            Self::NatsComes => formatter.write_str("NATS comes back"),
            Self::NodeGoes(node) => write!(formatter, "node {} is killed", node + 1),
            Self::NodeComes(node) => write!(formatter, "node {} comes back", node + 1),
            Self::PrimaryStepsDown => formatter.write_str("the primary of MongoDB steps down"),
        }
    }
}
