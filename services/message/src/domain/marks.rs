//! How far people have got, and read.

use confab_core::{ConversationId, UserId};

use super::Mark;

/// How many members a conversation may have so that each hears how far the
/// others have read. Beyond it, nobody does: the cost grows with the square.
pub const READ_BY_MEMBERS_MAX: usize = 100;

/// How far a member has come with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    pub read: Mark,
    /// The newest event that has come to a device of theirs.
    pub delivered: i64,
}

/// What a member says of how far they have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    pub conversation: ConversationId,
    pub member: UserId,
    /// The number of the newest event read; 0 says nothing.
    pub read: i64,
    /// The number of the newest event delivered; 0 says nothing.
    pub delivered: i64,
}

impl Marks {
    /// What was read was delivered, whoever said what.
    pub fn new(read: Mark, delivered: i64) -> Self {
        Self { read, delivered: delivered.max(read.seq) }
    }
}

impl Advance {
    /// Takes what `later` says together with this.
    pub fn add(&mut self, later: Self) {
        self.read = self.read.max(later.read);
        self.delivered = self.delivered.max(later.delivered);
    }
}
