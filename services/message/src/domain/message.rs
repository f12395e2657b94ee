//! What a message looks like now: the fold of its events.

use confab_core::{ClientId, ConversationId, Timestamp, UserId};

use super::{Content, Emoji, Event, EventKind, Head};

/// What somebody said, as it looks now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub conversation: ConversationId,
    /// How far the conversation had come with it.
    pub at: Head,
    pub sender: UserId,
    pub client: Option<ClientId>,
    pub created: Timestamp,
    /// `None` once it was deleted.
    pub content: Option<Content>,
    /// When it was last put another way.
    pub edited: Option<Timestamp>,
    pub deleted: Option<Timestamp>,
    /// In the order in which they were first used.
    pub reactions: Vec<Reaction>,
    /// The highest revision at which something happened that made it look so.
    pub revision: i64,
}

/// An emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub emoji: Emoji,
    /// Who put it there, the first one first.
    pub users: Vec<UserId>,
}

impl Message {
    /// The message that `event` sent, if it did.
    pub fn sent_by(event: Event) -> Option<Self> {
        let EventKind::MessageSent(content) = event.kind else { return None };
        Some(Self {
            conversation: event.conversation,
            at: event.at,
            sender: event.actor,
            client: event.client,
            created: event.created,
            content,
            edited: None,
            deleted: None,
            reactions: Vec::new(),
            revision: event.at.revision,
        })
    }

    pub fn seq(&self) -> i64 {
        self.at.seq
    }

    pub fn reaction(&self, emoji: &Emoji) -> Option<&Reaction> {
        self.reactions.iter().find(|reaction| reaction.emoji == *emoji)
    }

    /// Makes of the message what `event`, of which it is the target, made of it.
    pub fn apply(&mut self, event: &Event) {
        self.revision = self.revision.max(event.at.revision);
        match &event.kind {
            EventKind::MessageEdited { words: Some(words), .. } => {
                if let Some(content) = &mut self.content {
                    content.words = words.clone();
                    self.edited = Some(event.created);
                }
            }
            EventKind::MessageDeleted { .. } => {
                self.content = None;
                self.edited = None;
                self.deleted = Some(event.created);
                self.reactions.clear();
            }
            EventKind::ReactionAdded { emoji, .. } => self.react(emoji, event.actor),
            EventKind::ReactionRemoved { emoji, .. } => self.take_back(emoji, event.actor),
            _ => {}
        }
    }

    fn react(&mut self, emoji: &Emoji, user: UserId) {
        match self.reactions.iter_mut().find(|reaction| reaction.emoji == *emoji) {
            Some(reaction) if reaction.users.contains(&user) => {}
            Some(reaction) => reaction.users.push(user),
            None => self.reactions.push(Reaction { emoji: emoji.clone(), users: vec![user] }),
        }
    }

    fn take_back(&mut self, emoji: &Emoji, user: UserId) {
        if let Some(reaction) = self.reactions.iter_mut().find(|reaction| reaction.emoji == *emoji) {
            reaction.users.retain(|other| *other != user);
        }
        self.reactions.retain(|reaction| !reaction.users.is_empty());
    }
}
