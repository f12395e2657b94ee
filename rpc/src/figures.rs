//! What was counted, for whoever looks at it, in the form of Prometheus.

use std::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

use crate::measure;

/// The bounds of what is told apart of how long things take, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// How often what was counted is put in order, also if nobody looks at it.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Everything that is counted in this process. Clones are one and the same.
#[derive(Clone)]
pub struct Figures {
    counted: PrometheusHandle,
    process: Collector,
}

impl Figures {
    /// The form that [`Figures::render`] has, as a content type.
    pub const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins to count in this process, which runs `version` of us.
    ///
    /// # Errors
    ///
    /// If somebody counts already.
    pub fn begin(version: &'static str) -> Result<Self, BuildError> {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
        let figures = Self { counted: builder.install_recorder()?, process: Collector::default() };
        figures.process.describe();
        describe_counter!(measure::HANDLED, "Calls that have ended, by how");
        describe_histogram!(measure::HANDLING, Unit::Seconds, "How long calls took until their end");
        describe_gauge!(measure::STREAMS, "Streams that are open");
        describe_counter!(measure::PANICS, "Requests in which something of ours broke");
        describe_gauge!(measure::CONNECTIONS, "Connections that are open");
        describe_counter!(measure::TURNED_AWAY, "Connections for which there was no room");
        gauge!("confab_build_info", "version" => version).set(1.0);
        measure::begin_counting();
        Ok(figures)
    }

    /// Says what the gauge `name` means.
    #[must_use]
    pub fn with_gauge(self, name: &'static str, meaning: &'static str) -> Self {
        describe_gauge!(name, meaning);
        self
    }

    /// Says what the counter `name` means.
    #[must_use]
    pub fn with_counter(self, name: &'static str, meaning: &'static str) -> Self {
        describe_counter!(name, meaning);
        self
    }

    /// All figures as they are now.
    #[must_use]
    pub fn render(&self) -> String {
        self.process.collect();
        self.counted.render()
    }

    /// Keeps them in order. Goes on for ever.
    pub async fn keep_in_order(self) {
        let mut upkeep = tokio::time::interval(UPKEEP_INTERVAL);
        loop {
            upkeep.tick().await;
            self.counted.run_upkeep();
        }
    }
}
