//! Tells those who watch what was stored.
//!
//! ```text
//! bus ──▶ hub.rs ──▶ outbox.rs (one for each stream, bounded) ──▶ subscription.rs ──▶ client
//! ```
//!
//! The bell may be lost, repeated or out of order; a stream is none of that,
//! because a subscription goes by the numbers and reads the store at a jump.
//! Beside it goes what may really be lost (`whispers.rs`): who is writing, who
//! is online (`presence/`), and how far people have come (`marks.rs`).

mod hub;
mod marks;
mod outbox;
mod presence;
mod subscription;
mod whispers;

use std::collections::HashMap;

use confab_core::ConversationId;

pub use hub::Hub;
pub use marks::MarkNews;
pub use presence::Presence;

/// What a client knows when it subscribes.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The history that the numbers belong to; empty if the client knows nothing.
    pub epoch: String,
    /// The newest event known of each conversation.
    pub heads: HashMap<ConversationId, i64>,
}
