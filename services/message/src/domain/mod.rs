//! The rules that need no I/O.

mod attachment;
mod conversation;
mod decide;
mod event;
mod holder;
mod marks;
mod message;
mod push;
mod settings;
#[cfg(test)]
mod tests;
mod text;

use confab_core::{ClientId, ConversationId, UserId};

pub use attachment::{Attachment, AttachmentKind};
pub use conversation::{Conversation, Form, History, Member, Overview, Role, direct_id, group_id, unread};
pub use decide::{Conditions, PINS_MAX, REACTION_KINDS_MAX, Refusal, State, Verdict};
pub use event::{Content, Draft, Event, EventKind, Founding, Head, Mark, Origin, Profile, Update, Words};
pub use holder::{Holder, Holding};
pub use marks::{Advance, Marks, READ_BY_MEMBERS_MAX};
pub use message::{Message, Reaction};
pub use push::{Device, DeviceKeys, Endpoint, Outcome, Push, PushCursor, PushText};
pub use settings::{Setting, Settings, Shelf};
pub use text::{Emoji, Text};

/// Which message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub conversation: ConversationId,
    /// Its number.
    pub seq: i64,
}

/// A message that is to be said again, to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    pub target: Target,
    pub source: Place,
    pub client: ClientId,
}

/// To whom something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Conversation(ConversationId),
    User(UserId),
}
