//! The orderly end of a program.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Tells everybody who holds it that the program is to end. Clones are one and the same.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// A program that goes on until [`Shutdown::begin`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the end. Calling it again changes nothing.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Whether the end has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until the end has begun.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }

    /// Begins the end at the first SIGTERM or SIGINT; returns at the second.
    ///
    /// # Errors
    ///
    /// If the system refuses to tell us of signals.
    pub async fn begin_on_signal(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        for _ in 0..2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            self.begin();
        }
        Ok(())
    }
}
