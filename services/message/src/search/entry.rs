//! What is kept of messages so that they are found, and what is looked for.

use std::collections::BTreeSet;

use confab_core::{ConversationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::terms::{Query, Term, terms};
use crate::domain::{AttachmentKind, Content, Message};

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
        let found_by = message.content.as_ref().map(found_by).unwrap_or_default();
        let mut terms = terms(&found_by);
        let features = [Feature::Image, Feature::File].into_iter().filter(|feature| feature.is_in(message));
        terms.extend(features.filter_map(Feature::term));
        Self {
            seq: message.seq(),
            sender: message.sender,
            created: message.created,
            link: has_link(text),
            terms,
        }
    }
}

/// Something that messages are looked for by, beside their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    Link,
    /// A picture.
    Image,
    /// A picture or file.
    File,
}

impl Feature {
    /// Whether `message` has it.
    pub fn is_in(self, message: &Message) -> bool {
        message.content.as_ref().is_some_and(|content| match self {
            Self::Link => has_link(content.words.text.as_str()),
            Self::Image => content.attachments.iter().any(|each| each.kind == AttachmentKind::Image),
            Self::File => !content.attachments.is_empty(),
        })
    }

    /// The term that messages with it are found by; none if the index knows it apart.
    pub fn term(self) -> Option<Term> {
        match self {
            Self::Link => None,
            Self::Image => Some(Term::reserved("image")),
            Self::File => Some(Term::reserved("file")),
        }
    }
}

/// What people find a message by: what it says, and what its files are called.
pub fn found_by(content: &Content) -> String {
    let names = content.attachments.iter().map(|attachment| attachment.name.as_str());
    std::iter::once(content.words.text.as_str()).chain(names).collect::<Vec<_>>().join("\n")
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
