//! What happens in a conversation, and where.

use confab_core::{ClientId, ConversationId, MediaId, Timestamp, UserId};

use super::{Attachment, Emoji, History, Place, Role, Text};

/// Something that somebody wants to happen in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who wants it.
    pub actor: UserId,
    /// What the actor calls it, so that a retry is known for what it is.
    /// `None` for what can be wanted twice without harm.
    pub client: Option<ClientId>,
    pub kind: EventKind,
}

/// Something that happened in a conversation, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub conversation: ConversationId,
    /// How far the conversation had come with this event.
    pub at: Head,
    pub actor: UserId,
    pub client: Option<ClientId>,
    pub created: Timestamp,
    pub kind: EventKind,
}

/// What happens. A target is the number of the message that it happens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Somebody said something. `None` once the message was deleted.
    MessageSent(Option<Content>),
    /// Somebody put it another way. `None` once the message was deleted.
    MessageEdited {
        target: i64,
        words: Option<Words>,
    },
    MessageDeleted {
        target: i64,
    },
    ReactionAdded {
        target: i64,
        emoji: Emoji,
    },
    ReactionRemoved {
        target: i64,
        emoji: Emoji,
    },
    MessagePinned {
        target: i64,
    },
    MessageUnpinned {
        target: i64,
    },
    GroupCreated(Founding),
    MembersJoined {
        members: Vec<UserId>,
    },
    /// Somebody left, or was removed by the actor.
    MemberLeft {
        member: UserId,
    },
    RoleChanged {
        member: UserId,
        role: Role,
    },
    ConversationUpdated(Update),
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub words: Words,
    /// The number of the message that it answers.
    pub reply_to: Option<i64>,
    /// Where it was said before, if it was.
    pub forwarded: Option<Origin>,
    /// What it has beside its words, in the order in which it is shown.
    pub attachments: Vec<Attachment>,
}

/// The part of a message that its sender can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub text: Text,
    /// Who is meant, in the order of their ids, each once.
    pub mentions: Vec<UserId>,
}

/// The message that was forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub conversation: ConversationId,
    pub seq: i64,
    pub sender: UserId,
}

/// What a group begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    pub profile: Profile,
    pub history: History,
    /// Those who are in it beside its founder, in the order of their ids, each once.
    pub members: Vec<UserId>,
}

/// What a group is called, and looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub title: String,
    pub description: String,
    pub picture: Option<MediaId>,
}

/// What changes of a profile; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    pub title: Option<String>,
    pub description: Option<String>,
    /// `Some(None)` takes the picture away.
    #[expect(clippy::option_option, reason = "taking it away is not the same as leaving it")]
    pub picture: Option<Option<MediaId>>,
}

impl Event {
    pub fn seq(&self) -> i64 {
        self.at.seq
    }

    /// The size of its text and of what is known of its attachments, in bytes.
    pub fn text_bytes(&self) -> usize {
        match &self.kind {
            EventKind::MessageSent(Some(Content { words, attachments, .. })) => {
                words.text.as_str().len() + attachments.iter().map(Attachment::bytes).sum::<usize>()
            }
            EventKind::MessageEdited { words: Some(words), .. } => words.text.as_str().len(),
            _ => 0,
        }
    }

    /// The message of which it tells what it said, if it tells so.
    pub fn words_of(&self) -> Option<i64> {
        match &self.kind {
            EventKind::MessageSent(Some(_)) => Some(self.seq()),
            EventKind::MessageEdited { target, words: Some(_) } => Some(*target),
            _ => None,
        }
    }

    /// Takes out of it what was said.
    pub fn forget_words(&mut self) {
        match &mut self.kind {
            EventKind::MessageSent(content) => *content = None,
            EventKind::MessageEdited { words, .. } => *words = None,
            _ => {}
        }
    }

    /// Whether this says again what was said in `source`. What was deleted since
    /// is taken at its word.
    pub fn forwards(&self, source: Place) -> bool {
        match &self.kind {
            EventKind::MessageSent(None) => true,
            EventKind::MessageSent(Some(Content { forwarded: Some(origin), .. })) => {
                (origin.conversation, origin.seq) == (source.conversation, source.seq)
            }
            _ => false,
        }
    }

    /// Whether this is what `draft` became: the same, by the same person. What
    /// was deleted since is taken at its word: nobody can tell any more.
    pub fn came_from(&self, draft: &Draft) -> bool {
        self.actor == draft.actor && self.client == draft.client && self.kind.is_same(&draft.kind)
    }
}

impl EventKind {
    fn is_same(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::MessageSent(None), Self::MessageSent(_)) => true,
            (Self::MessageEdited { target, words: None }, Self::MessageEdited { target: wanted, .. }) => {
                target == wanted
            }
            (Self::MessageSent(Some(said)), Self::MessageSent(Some(wanted))) => said.is_same(wanted),
            _ => self == wanted,
        }
    }

    /// Takes out what was said, as happens once the message is deleted.
    pub fn forget_words(&mut self) {
        match self {
            Self::MessageSent(content) => *content = None,
            Self::MessageEdited { words, .. } => *words = None,
            _ => {}
        }
    }

    /// The message it happens to, as far as it changes how that message looks.
    pub fn target(&self) -> Option<i64> {
        match self {
            Self::MessageEdited { target, .. }
            | Self::MessageDeleted { target }
            | Self::ReactionAdded { target, .. }
            | Self::ReactionRemoved { target, .. }
            | Self::MessagePinned { target }
            | Self::MessageUnpinned { target } => Some(*target),
            _ => None,
        }
    }

    /// Whether somebody said something.
    pub fn is_message(&self) -> bool {
        matches!(self, Self::MessageSent(_))
    }

    /// Whether the other members are told something that they did not know. To
    /// take back what one said is not that.
    pub fn says_something(&self) -> bool {
        matches!(
            self,
            Self::MessageSent(_)
                | Self::MessageEdited { .. }
                | Self::ReactionAdded { .. }
                | Self::MessagePinned { .. }
        )
    }

    /// The messages that must be there for it to happen.
    pub fn needs(&self) -> Option<i64> {
        match self {
            Self::MessageSent(Some(content)) => content.reply_to,
            _ => self.target(),
        }
    }
}

impl Content {
    /// What is forwarded twice is the same, also if it was edited in between. What
    /// is known of an attachment does not count: only which it is.
    fn is_same(&self, wanted: &Self) -> bool {
        match (self.forwarded, wanted.forwarded) {
            (Some(said), Some(wanted)) => (said.conversation, said.seq) == (wanted.conversation, wanted.seq),
            (None, None) => {
                let media = |content: &Self| -> Vec<MediaId> {
                    content.attachments.iter().map(|attachment| attachment.media).collect()
                };
                (&self.words, self.reply_to) == (&wanted.words, wanted.reply_to)
                    && media(self) == media(wanted)
            }
            _ => false,
        }
    }
}

/// How far a conversation has come. All zero before anything has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the newest event: 1, 2, 3 …
    pub seq: i64,
    /// How many messages there are.
    pub ordinal: i64,
    /// How often the conversation itself has changed: its members, its profile, its pins.
    pub revision: i64,
    /// The number of the newest message.
    pub last_message: i64,
}

/// A place in a conversation that somebody has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub seq: i64,
    pub ordinal: i64,
}

impl From<Head> for Mark {
    fn from(head: Head) -> Self {
        Self { seq: head.seq, ordinal: head.ordinal }
    }
}
