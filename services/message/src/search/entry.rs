//! What is kept of messages so that they are found, and what is looked for.

use std::collections::BTreeSet;

use confab_core::{ConversationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::terms::{Query, Term, terms};
use crate::domain::Message;

/// What a message is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub sender: UserId,
    pub created: Timestamp,
    /// Whether its text has a link in it.
    pub link: bool,
    /// None if the message was deleted: then nothing finds it.
    pub terms: BTreeSet<Term>,
}

impl Entry {
    /// What `message` is found by, as it looks now.
    pub fn of(message: &Message) -> Self {
        let text = message.content.as_ref().map_or("", |content| content.words.text.as_str());
        Self {
            seq: message.seq(),
            sender: message.sender,
            created: message.created,
            link: has_link(text),
            terms: terms(text),
        }
    }
}

/// Something that messages are looked for by, beside their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    Link,
}

impl Feature {
    /// Whether a message with this text has it.
    pub fn is_in(self, text: &str) -> bool {
        match self {
            Self::Link => has_link(text),
        }
    }
}

/// A conversation to look into, and how far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub conversation: ConversationId,
    /// Only what comes after this number.
    pub since: i64,
}

/// What somebody looks for, and where.
#[derive(Clone, Debug)]
pub struct Search {
    pub scopes: Vec<Scope>,
    pub query: Query,
    pub sender: Option<UserId>,
    pub feature: Option<Feature>,
    /// Only what was said then or later.
    pub after: Option<Timestamp>,
    /// Only what was said before this.
    pub before: Option<Timestamp>,
    /// Only what comes behind this place.
    pub behind: Option<Place>,
    /// How many places to find at the most; at least 1.
    pub limit: usize,
}

/// Where a message is among all that are found: the newest comes first, and is
/// the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub created: Timestamp,
    pub conversation: Uuid,
    pub seq: i64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub places: Vec<Place>,
    /// Behind which place to look on; `None` if that was all.
    pub next: Option<Place>,
}

/// Whether people would see something to click on.
fn has_link(text: &str) -> bool {
    const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];
    let text = text.to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| {
        let mut behind = text.match_indices(beginning).map(|(at, _)| &text[at + beginning.len()..]);
        behind.any(|behind| behind.starts_with(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_address_that_goes_on() {
        for text in ["https://example.com", "see HTTP://a", "(www.example.com)", "http:// or http://x"] {
            assert!(has_link(text), "{text}");
        }
        for text in ["", "https://", "http:// x", "example.com", "www. www..", "ftp://x"] {
            assert!(!has_link(text), "{text}");
        }
    }
}
