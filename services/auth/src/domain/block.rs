//! Whom people do not want to hear from.

use confab_core::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody whom a person has blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Who is blocked.
    pub blocked: UserId,
    /// Since when.
    pub created: Timestamp,
}

impl Block {
    /// How many people one person can block.
    pub const COUNT_MAX: usize = 1_000;
}

/// A place in the list of those whom a person has blocked, the latest first;
/// of those blocked in the same millisecond, by descending id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCursor {
    /// When the one before was blocked, in milliseconds since 1970.
    pub created: i64,
    /// The id of the one before.
    pub blocked: Uuid,
}

impl BlockCursor {
    /// The place behind `block`.
    #[must_use]
    pub fn after(block: &Block) -> Self {
        Self { created: block.created.as_millis(), blocked: block.blocked.as_uuid() }
    }
}
