//! The rules that need no I/O.

mod conversation;
mod decide;
mod event;
mod marks;
mod message;
mod settings;
mod text;

use confab_core::{ConversationId, UserId};

pub use conversation::{Conversation, Form, History, Member, Overview, Role, direct_id, group_id, unread};
pub use decide::{Conditions, PINS_MAX, REACTION_KINDS_MAX, Refusal, State, Verdict};
pub use event::{Content, Draft, Event, EventKind, Founding, Head, Mark, Origin, Profile, Update, Words};
pub use marks::{Advance, Marks, READ_BY_MEMBERS_MAX};
pub use message::{Message, Reaction};
pub use settings::{Setting, Settings, Shelf};
pub use text::{Emoji, Text};

/// Which message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub conversation: ConversationId,
    /// Its number.
    pub seq: i64,
}

/// To whom something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Conversation(ConversationId),
    User(UserId),
}
