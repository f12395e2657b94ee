//! What is attached to messages.

use std::time::Duration;

use confab_core::MediaId;

/// A picture or file in a message, with what is needed to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub media: MediaId,
    pub kind: AttachmentKind,
    pub name: String,
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// In pixels; zero if it has none.
    pub width: i32,
    pub height: i32,
    /// How long it is, if it is to be watched or listened to.
    pub duration: Option<Duration>,
    /// What it looks like from afar; empty if it is no picture.
    pub blurhash: String,
}

/// What people see in an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    Image,
    Video,
    Audio,
    File,
}

impl Attachment {
    /// One of which nothing is known but which it is. Enough to tell whether a
    /// message is the same.
    pub fn bare(media: MediaId) -> Self {
        Self {
            media,
            kind: AttachmentKind::File,
            name: String::new(),
            content_type: String::new(),
            size: 0,
            width: 0,
            height: 0,
            duration: None,
            blurhash: String::new(),
        }
    }

    /// How large it is on the wire, about, in bytes.
    pub fn bytes(&self) -> usize {
        /// What all have beside their texts.
        const BYTES: usize = 128;
        BYTES + self.name.len() + self.blurhash.len()
    }
}
