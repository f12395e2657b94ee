//! What files are attached to here.

use confab_core::{ClientId, ConversationId, MediaId, UserId};

/// Something that files are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A message, also before it is sent: what its sender calls it.
    Message { conversation: ConversationId, sender: UserId, client: ClientId },
    /// A group, as its picture.
    Group(ConversationId),
}

/// A file, and what is said to hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub holder: Holder,
    pub media: MediaId,
}
