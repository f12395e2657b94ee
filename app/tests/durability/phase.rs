//! What the server is thought to be doing, so that people know whether to try.

use std::time::Duration;

use tokio::sync::watch;

/// How long the server may be away, with everything that happens meanwhile.
const AWAY_MAX: Duration = Duration::from_mins(1);

/// What the server is thought to be doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It was killed, and is not ready yet.
    Down,
    /// It answers, for now.
    Up,
    /// It is not killed any more, and nobody sends any more.
    Over,
}

/// Waits until the server is not away.
pub async fn not_down(phase: &mut watch::Receiver<Phase>) -> Phase {
    let back = phase.wait_for(|phase| *phase != Phase::Down);
    *tokio::time::timeout(AWAY_MAX, back).await.expect("the server stays away").unwrap()
}
