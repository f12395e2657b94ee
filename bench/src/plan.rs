//! What a run is to do.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::deployment::{Environment, Topology};
use crate::scenario::Scenario;

/// What a run is to do, and with what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What there is to run the product with.
    pub environment: Environment,
    /// What of it runs.
    pub topology: Topology,
    /// What it goes through, in this order.
    pub scenarios: Vec<Scenario>,
    /// How often each figure is taken.
    pub trials: usize,
    /// How long a trial goes before it counts.
    pub warm_up: Duration,
    /// How long it counts.
    pub length: Duration,
    /// How many connections send at once where many do.
    pub connections: usize,
    /// How many messages a second are sent where the rate is given.
    pub rate: u32,
    /// How many members the group has.
    pub members: usize,
    /// How many messages are stored where there are to be many.
    pub stored: usize,
    /// How many streams are open where there are to be many.
    pub streams: usize,
    /// How long streams are idle before their memory is taken.
    pub idle: Duration,
    /// So many messages have to be acknowledged in a scenario, or it has shown nothing.
    pub sends_min: usize,
    /// What chance begins with.
    pub seed: u64,
}

impl Plan {
    /// Looks whether the plan makes sense.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub fn check(&self) -> Result<()> {
        ensure!(self.trials > 0, "a run without trials shows nothing");
        ensure!(!self.length.is_zero(), "a trial has to last");
        ensure!(self.connections > 0, "without connections nobody sends");
        ensure!(self.rate > 0 && self.stored > 0 && self.streams > 0, "nothing of something shows nothing");
        let Environment { mongodb_url, nats_url, .. } = &self.environment;
        let topology = self.topology;
        ensure!(
            mongodb_url.is_some() || !topology.needs_mongodb(),
            "{topology:?} needs the URL of a MongoDB"
        );
        ensure!(nats_url.is_some() || !topology.needs_nats(), "{topology:?} needs the URL of a NATS");
        Ok(())
    }
}
