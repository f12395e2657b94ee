//! Where messages are found by what they say.

mod embedded;
mod mongo;

use async_trait::async_trait;
use confab_core::ConversationId;
use confab_db::StoreError;

use crate::search::{Entry, Found, Search};

pub use embedded::EmbeddedIndex;
pub use mongo::MongoIndex;

/// A part of the log of a conversation, indexed.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub conversation: ConversationId,
    /// The number of its last event.
    pub to: i64,
    /// The messages that its events have changed, as they looked after the last
    /// of them or later.
    pub entries: Vec<Entry>,
}

/// Keeps what messages are found by. Every implementation passes the tests in
/// `contract.rs`.
///
/// All of it can be made from the log, and may be lost with no harm done.
#[async_trait]
pub trait SearchIndex: Send + Sync {
    /// Returns up to which event `conversation` is indexed; 0 if it is not, or
    /// if what is indexed belongs to a history other than `epoch`.
    async fn indexed(&self, epoch: &str, conversation: ConversationId) -> Result<i64, StoreError>;

    /// Keeps the entries of `chunk` in place of those that there are of the same
    /// messages, and notes that the conversation is indexed up to its end.
    ///
    /// The next chunk begins behind that. One that comes too late, because
    /// another node was faster, changes nothing.
    async fn index(&self, epoch: &str, chunk: Chunk) -> Result<(), StoreError>;

    /// Returns the newest messages that are as `search` wants them.
    ///
    /// There can be fewer than wanted although there are more: then
    /// [`Found::next`] says where to look on.
    async fn find(&self, search: &Search) -> Result<Found, StoreError>;

    /// Waits until the index can keep nothing any more, and says why.
    async fn failed(&self) -> String;

    /// Ends the use of the index.
    async fn close(&self);
}
