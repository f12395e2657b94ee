//! Events, on the wire.

use confab_core::{MediaId, UserId};
use confab_proto::message::v1;
use v1::event::Kind;

use crate::domain::{Content, Event, EventKind, Founding, History, Origin, Profile, Role, Update, Words};

impl From<Event> for v1::Event {
    fn from(event: Event) -> Self {
        Self {
            conversation_id: event.conversation.to_string(),
            seq: event.at.seq,
            actor_id: event.actor.to_string(),
            create_time: Some(event.created.into()),
            revision: event.at.revision,
            ordinal: event.at.ordinal,
            kind: Some(kind(event)),
        }
    }
}

fn kind(event: Event) -> Kind {
    match event.kind {
        EventKind::MessageSent(content) => {
            let client_id = event.client.map(|client| client.to_string()).unwrap_or_default();
            Kind::MessageSent(v1::MessageSent { ordinal: event.at.ordinal, client_id, ..sent(content) })
        }
        EventKind::MessageEdited { target, words } => Kind::MessageEdited(edited(target, words)),
        EventKind::MessageDeleted { target } => {
            Kind::MessageDeleted(v1::MessageDeleted { target_seq: target })
        }
        EventKind::ReactionAdded { target, emoji } => {
            Kind::ReactionAdded(v1::ReactionAdded { target_seq: target, emoji: emoji.as_str().to_owned() })
        }
        EventKind::ReactionRemoved { target, emoji } => Kind::ReactionRemoved(v1::ReactionRemoved {
            target_seq: target,
            emoji: emoji.as_str().to_owned(),
        }),
        EventKind::MessagePinned { target } => Kind::MessagePinned(v1::MessagePinned { target_seq: target }),
        EventKind::MessageUnpinned { target } => {
            Kind::MessageUnpinned(v1::MessageUnpinned { target_seq: target })
        }
        EventKind::GroupCreated(founding) => Kind::GroupCreated(created(founding)),
        EventKind::MembersJoined { members } => {
            Kind::MembersJoined(v1::MembersJoined { member_ids: texts(&members) })
        }
        EventKind::MemberLeft { member } => {
            Kind::MemberLeft(v1::MemberLeft { member_id: member.to_string() })
        }
        EventKind::RoleChanged { member, role } => {
            let role = v1::Role::from(role).into();
            Kind::RoleChanged(v1::RoleChanged { member_id: member.to_string(), role })
        }
        EventKind::ConversationUpdated(Update { title, description, picture }) => {
            let picture_id = picture.map(picture_text);
            Kind::ConversationUpdated(v1::ConversationUpdated { title, description, picture_id })
        }
    }
}

fn sent(content: Option<Content>) -> v1::MessageSent {
    let Some(Content { words, reply_to, forwarded, attachments }) = content else {
        return v1::MessageSent { deleted: true, ..Default::default() };
    };
    v1::MessageSent {
        text: words.text.into_string(),
        reply_to_seq: reply_to.unwrap_or_default(),
        mention_ids: texts(&words.mentions),
        forwarded_from: forwarded.map(Into::into),
        attachments: attachments.into_iter().map(Into::into).collect(),
        ..Default::default()
    }
}

fn edited(target_seq: i64, words: Option<Words>) -> v1::MessageEdited {
    match words {
        Some(Words { text, mentions }) => v1::MessageEdited {
            target_seq,
            text: text.into_string(),
            mention_ids: texts(&mentions),
            deleted: false,
        },
        None => v1::MessageEdited { target_seq, deleted: true, ..Default::default() },
    }
}

fn created(founding: Founding) -> v1::GroupCreated {
    v1::GroupCreated {
        profile: Some(founding.profile.into()),
        history: v1::History::from(founding.history).into(),
        member_ids: texts(&founding.members),
    }
}

impl From<Origin> for v1::ForwardedFrom {
    /// Where exactly it was said is nobody's business: not everybody who reads
    /// it is there.
    fn from(origin: Origin) -> Self {
        Self { sender_id: origin.sender.to_string() }
    }
}

impl From<Profile> for v1::GroupProfile {
    fn from(Profile { title, description, picture }: Profile) -> Self {
        Self { title, description, picture_id: picture_text(picture) }
    }
}

impl From<History> for v1::History {
    fn from(history: History) -> Self {
        match history {
            History::Everything => Self::Everything,
            History::FromJoining => Self::FromJoining,
        }
    }
}

impl From<Role> for v1::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}

fn picture_text(picture: Option<MediaId>) -> String {
    picture.map(|picture| picture.to_string()).unwrap_or_default()
}

/// Ids as texts.
pub fn texts(users: &[UserId]) -> Vec<String> {
    users.iter().map(UserId::to_string).collect()
}
