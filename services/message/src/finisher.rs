//! Finishes what a crash left undone.

use std::sync::{Arc, Once};
use std::time::Duration;

use confab_rpc::Shutdown;
use tokio::time::sleep;

use crate::store::MessageStore;

/// How often is looked for something to finish.
const INTERVAL: Duration = Duration::from_secs(30);

/// Finishes what a crash left undone: of this node, or of another one.
#[derive(Clone)]
pub struct Finisher {
    store: Arc<dyn MessageStore>,
    shutdown: Shutdown,
    begun: Arc<Once>,
}

impl Finisher {
    pub fn new(store: Arc<dyn MessageStore>, shutdown: Shutdown) -> Self {
        Self { store, shutdown, begun: Arc::new(Once::new()) }
    }

    /// Begins, when it is called for the first time.
    pub fn begin(&self) {
        self.begun.call_once(|| drop(tokio::spawn(self.clone().run())));
    }

    async fn run(self) {
        loop {
            match self.store.finish().await {
                Ok(0) => {}
                Ok(finished) => {
                    tracing::info!(finished, "finished what was left undone");
                    continue;
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot finish what is undone");
                }
            }
            tokio::select! {
                () = sleep(INTERVAL) => {}
                () = self.shutdown.begun() => return,
            }
        }
    }
}
