//! The services that keep something of people too.

use super::AuthService;
use crate::eraser::{Eraser, Keeper};
use crate::exporter::Exporter;

impl AuthService {
    /// Has what people leave behind erased by `keepers` too, and asks them for it
    /// when somebody wants to have it.
    #[must_use]
    pub fn with_keepers(mut self, keepers: Vec<Keeper>) -> Self {
        self.eraser.keepers = keepers.into();
        self
    }

    /// Whoever has erased what people leave behind, while the service runs.
    #[must_use]
    pub fn eraser(&self) -> Eraser {
        self.eraser.clone()
    }

    /// Whoever puts together what is kept of somebody.
    pub(crate) fn exporter(&self) -> Exporter {
        Exporter {
            stores: self.stores.clone(),
            keepers: self.eraser.keepers.clone(),
            clock: self.clock.clone(),
            shutdown: self.shutdown.clone(),
            turns: self.exports.clone(),
        }
    }
}
