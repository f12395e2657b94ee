//! The people and words of a model, in the terms of the domain.

use confab_core::{ClientId, ConversationId, UserId};
use uuid::Uuid;

use super::{Deed, Model, Outcome, PEOPLE, Person, Shape, Try};
use crate::domain::{
    Content, Conversation, Draft, Emoji, Event, EventKind, Founding, History, Message, Profile, Text, Update,
    Words, direct_id,
};
use crate::store::Appended;

const EMOJI: [&str; 3] = ["👍", "❤️", "🎉"];

/// Who plays the people of a model, and where.
pub struct Cast {
    pub conversation: ConversationId,
    /// In the order of their ids.
    pub people: [UserId; PEOPLE],
    history: History,
}

/// A message as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub seq: i64,
    pub ordinal: i64,
    pub sender: Person,
    /// What it says, and whom it means; `None` if it was deleted.
    pub words: Option<(u8, Option<Person>)>,
    pub reply_to: Option<i64>,
    pub edited: bool,
    pub deleted: bool,
    /// In the order of the emoji; those who put them there in the order of time.
    pub reactions: Vec<(usize, Vec<Person>)>,
}

impl Cast {
    /// People whom nobody has met before.
    pub fn new(shape: Shape) -> Self {
        let mut people = std::array::from_fn(|_| UserId::from_uuid(Uuid::new_v4()));
        people.sort_unstable();
        let (conversation, history) = match shape {
            Shape::Direct => (direct_id(people[0], people[1]), History::Everything),
            Shape::Group(history) => (ConversationId::from_uuid(Uuid::new_v4()), history),
        };
        Self { conversation, people, history }
    }

    fn person(&self, user: UserId) -> Person {
        self.people.iter().position(|one| *one == user).unwrap()
    }

    fn users(&self, people: &[Person]) -> Vec<UserId> {
        people.iter().map(|person| self.people[*person]).collect()
    }

    pub fn draft(&self, Try { actor, client, deed }: &Try) -> Draft {
        let client = client.map(|client| ClientId::from_uuid(Uuid::from_u128(client.into())));
        Draft { actor: self.people[*actor], client, kind: self.kind(deed) }
    }

    fn kind(&self, deed: &Deed) -> EventKind {
        match deed {
            Deed::Send { text, means, reply_to } => EventKind::MessageSent(Some(Content {
                words: self.words(*text, *means),
                reply_to: *reply_to,
                forwarded: None,
                attachments: Vec::new(),
            })),
            Deed::Edit { target, text } => {
                EventKind::MessageEdited { target: *target, words: Some(self.words(*text, None)) }
            }
            Deed::Delete { target } => EventKind::MessageDeleted { target: *target },
            Deed::React { target, emoji } => {
                EventKind::ReactionAdded { target: *target, emoji: emoji_of(*emoji) }
            }
            Deed::Unreact { target, emoji } => {
                EventKind::ReactionRemoved { target: *target, emoji: emoji_of(*emoji) }
            }
            Deed::Pin { target } => EventKind::MessagePinned { target: *target },
            Deed::Unpin { target } => EventKind::MessageUnpinned { target: *target },
            Deed::Found { members } => EventKind::GroupCreated(Founding {
                profile: Profile::default(),
                history: self.history,
                members: self.users(members),
            }),
            Deed::Join { people } => EventKind::MembersJoined { members: self.users(people) },
            Deed::Leave { person } => EventKind::MemberLeft { member: self.people[*person] },
            Deed::Appoint { person, role } => {
                EventKind::RoleChanged { member: self.people[*person], role: *role }
            }
            Deed::Title { text } => {
                EventKind::ConversationUpdated(Update { title: Some(text_of(*text)), ..Update::default() })
            }
        }
    }

    fn words(&self, text: u8, means: Option<Person>) -> Words {
        let mentions = means.iter().map(|person| self.people[*person]).collect();
        Words { text: Text::from_store(text_of(text)), mentions }
    }

    /// What the store keeps of what happened in `model`.
    pub fn kinds(&self, model: &Model) -> Vec<EventKind> {
        let kept = |(seq, done): (i64, &Try)| match &done.deed {
            Deed::Send { .. } if model.is_deleted(seq) => EventKind::MessageSent(None),
            Deed::Edit { target, .. } if model.is_deleted(*target) => {
                EventKind::MessageEdited { target: *target, words: None }
            }
            deed => self.kind(deed),
        };
        (1..).zip(&model.done).map(kept).collect()
    }

    pub fn shown(&self, message: &Message) -> Shown {
        let content = message.content.as_ref();
        let words = content.map(|content| {
            let means = content.words.mentions.first().map(|user| self.person(*user));
            (text_number(content.words.text.as_str()), means)
        });
        let mut reactions: Vec<(usize, Vec<Person>)> = message
            .reactions
            .iter()
            .map(|reaction| {
                let emoji = EMOJI.iter().position(|emoji| *emoji == reaction.emoji.as_str()).unwrap();
                (emoji, reaction.users.iter().map(|user| self.person(*user)).collect())
            })
            .collect();
        reactions.sort_unstable();
        Shown {
            seq: message.seq(),
            ordinal: message.at.ordinal,
            sender: self.person(message.sender),
            words,
            reply_to: content.and_then(|content| content.reply_to),
            edited: message.edited.is_some(),
            deleted: message.deleted.is_some(),
            reactions,
        }
    }

    /// Checks that `conversation` is what happened in `model` makes of it.
    pub fn check_conversation(&self, conversation: &Conversation, model: &Model) {
        let members: Vec<_> = conversation
            .members
            .iter()
            .map(|member| (self.person(member.user), member.role, member.since.seq, member.since.ordinal))
            .collect();
        let expected: Vec<_> = model
            .members()
            .into_iter()
            .map(|person| {
                let since = model.since(person);
                (person, model.role(person).unwrap(), since, model.ordinal(since))
            })
            .collect();
        assert_eq!(members, expected, "members");
        assert_eq!(conversation.pins, model.pins(), "pins");
        assert_eq!(conversation.revision, model.revision(), "revision");
    }

    /// Checks that `events` are all that happened in `model`.
    pub fn check_events(&self, events: &[Event], model: &Model) {
        let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
        assert_eq!(kinds, self.kinds(model), "events");
        for (seq, (event, done)) in (1..).zip(events.iter().zip(&model.done)) {
            assert_eq!((event.at.seq, event.at.ordinal), (seq, model.ordinal(seq)), "dense");
            assert_eq!(event.actor, self.people[done.actor], "actor");
        }
    }
}

/// What `appended` is in the words of the model.
pub fn outcome(appended: &Appended) -> Outcome {
    match appended {
        Appended::Stored(event) => Outcome::Stored(event.seq()),
        Appended::Replayed(event) => Outcome::Replayed(event.seq()),
        Appended::Conflict { original_seq } => Outcome::Conflict(*original_seq),
        Appended::Unchanged => Outcome::Unchanged,
        Appended::Refused(_) => Outcome::Refused,
    }
}

fn text_of(text: u8) -> String {
    format!("text {text}")
}

fn text_number(text: &str) -> u8 {
    text.trim_start_matches("text ").parse().unwrap()
}

fn emoji_of(emoji: usize) -> Emoji {
    Emoji::from_store(EMOJI[emoji].to_owned())
}
