//! What a device is told of a message, as little as will do, and as JSON: the
//! browser's worker reads it (`web/src/worker`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{ConversationId, SessionId};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::outside::Urgency;
use crate::domain::{AttachmentKind, Content, Form, Message, Overview, Push, PushText};

/// How much of a text is told, and of a name, in characters.
const TEXT_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 80;
/// How many characters of base64url the name of a topic may have (RFC 8030, section 5.4).
const TOPIC_CHARS_MAX: usize = 32;

/// What a device is told.
#[derive(Debug, Serialize)]
pub struct Notice {
    conversation_id: String,
    seq: i64,
    /// What the group is called; left out of talks of two.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    sender: String,
    /// Left out if it is not to be told, or if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What the message has beside its text, each kind once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<&'static str>,
    /// How many messages of the conversation are not read.
    unread: i64,
}

impl Notice {
    /// What is told of `message` to one who sees its conversation as `overview`.
    pub fn of(message: &Message, overview: &Overview, sender: &str, told: PushText) -> Self {
        let title = match &overview.conversation.form {
            Form::Group { profile, .. } => Some(shortened(&profile.title, NAME_CHARS_MAX)),
            Form::Direct => None,
        };
        let content = message.content.as_ref().filter(|_| told == PushText::Shown);
        let text = content.map(|content| shortened(content.words.text.as_str(), TEXT_CHARS_MAX));
        Self {
            conversation_id: message.conversation.to_string(),
            seq: message.seq(),
            title,
            sender: shortened(sender, NAME_CHARS_MAX),
            text: text.filter(|text| !text.is_empty()),
            kinds: content.map(kinds).unwrap_or_default(),
            unread: overview.unread(),
        }
    }

    /// In bytes; never too long to be sealed.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

/// The name of what is told of a conversation on a device: what comes later takes
/// the place of what was not delivered yet. It tells a push service nothing.
pub fn topic(session: SessionId, conversation: ConversationId) -> String {
    let mut hash = Sha256::new();
    hash.update(session.as_uuid().as_bytes());
    hash.update(conversation.as_uuid().as_bytes());
    let mut topic = URL_SAFE_NO_PAD.encode(hash.finalize());
    topic.truncate(TOPIC_CHARS_MAX);
    topic
}

/// What is said to somebody alone, or means them, is worth waking a device for.
pub fn urgency(message: &Message, overview: &Overview, push: &Push) -> Urgency {
    let is_meant =
        message.content.as_ref().is_some_and(|content| content.words.mentions.contains(&push.user));
    if is_meant || !overview.conversation.is_group() { Urgency::High } else { Urgency::Normal }
}

fn kinds(content: &Content) -> Vec<&'static str> {
    let mut kinds: Vec<_> = content.attachments.iter().map(|attachment| kind(attachment.kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn kind(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        AttachmentKind::File => "file",
    }
}

/// In one line, and not longer than so many characters.
fn shortened(text: &str, chars_max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(chars_max * 4));
    let mut chars = text.trim().chars().map(|c| if is_steering(c) { ' ' } else { c });
    line.extend(chars.by_ref().take(chars_max - 1));
    let last = chars.next();
    match (last, chars.next()) {
        (Some(_), Some(_)) => line.push('…'),
        (Some(last), None) => line.push(last),
        (None, _) => {}
    }
    line
}

/// What ends a line, changes the direction of what stands around it, or is not seen
/// at all: outside of a page nothing keeps that in. Joiners hold emoji together, and stay.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_outside_of_the_page_keeps_its_direction_in() {
        assert_eq!(shortened("safe\u{202e}fdp.exe", 20), "safe fdp.exe");
        assert_eq!(shortened("👩\u{200d}👧", 20), "👩\u{200d}👧");
    }

    #[test]
    fn a_long_text_is_shortened_and_stands_in_one_line() {
        assert_eq!(shortened(" one\ntwo\u{7} ", 10), "one two ");
        assert_eq!(shortened("abcde", 5), "abcde");
        assert_eq!(shortened("abcdef", 5), "abcd…");
        assert_eq!(shortened("", 5), "");
    }

    #[test]
    fn the_longest_notice_can_be_sealed() {
        let worst = "\u{10ffff}".repeat(TEXT_CHARS_MAX);
        let quoted = "\"".repeat(NAME_CHARS_MAX);
        let notice = Notice {
            conversation_id: "c".repeat(36),
            seq: i64::MAX,
            title: Some(quoted.clone()),
            sender: quoted,
            text: Some(worst),
            kinds: vec!["audio", "file", "image", "video"],
            unread: i64::MAX,
        };
        assert!(notice.to_json().unwrap().len() < 2_000);
    }

    #[test]
    fn a_topic_is_one_of_a_conversation_on_a_device() {
        let id = |n| uuid::Uuid::from_u128(n);
        let (session, talk) = (SessionId::from_uuid(id(1)), ConversationId::from_uuid(id(2)));
        let name = topic(session, talk);
        assert_eq!((name.len(), topic(session, talk)), (32, name.clone()));
        assert_ne!(topic(SessionId::from_uuid(id(3)), talk), name);
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
