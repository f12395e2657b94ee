//! What stores keep of a kind of event: the same in each of them.

use std::time::Duration;

use confab_core::{ConversationId, Id, MediaId, UserId};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    Attachment, AttachmentKind, Content, Emoji, EventKind, Founding, History, Origin, Profile, Role, Text,
    Update, Words,
};

/// The numbers of the kinds of events. They are in stored data: none is ever used for another.
pub mod kind {
    pub const MESSAGE_SENT: i32 = 1;
    pub const MESSAGE_EDITED: i32 = 2;
    pub const MESSAGE_DELETED: i32 = 3;
    pub const REACTION_ADDED: i32 = 4;
    pub const REACTION_REMOVED: i32 = 5;
    pub const MESSAGE_PINNED: i32 = 6;
    pub const MESSAGE_UNPINNED: i32 = 7;
    // From here on to 12: what changes the group itself.
    pub const GROUP_CREATED: i32 = 8;
    pub const MEMBERS_JOINED: i32 = 9;
    pub const MEMBER_LEFT: i32 = 10;
    pub const ROLE_CHANGED: i32 = 11;
    pub const CONVERSATION_UPDATED: i32 = 12;
}

/// The numbers of what people see in an attachment, in stored data too.
mod attachment_kind {
    pub const IMAGE: i32 = 1;
    pub const VIDEO: i32 = 2;
    pub const AUDIO: i32 = 3;
    pub const FILE: i32 = 4;
}

/// What is kept of the kind of an event.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// One of [`kind`].
    pub kind: i32,
    /// The message that it happens to.
    pub target: Option<i64>,
    /// What people wrote: the first thing to go when a message is deleted.
    pub text: Option<String>,
    /// What else there is to it.
    pub detail: Option<Detail>,
}

/// What else there is to an event. Each kind uses some of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forwarded: Option<ForwardedDetail>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Whether `picture` says something; without one, it is taken away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    picture_changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<Uuid>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentDetail>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct AttachmentDetail {
    media: Uuid,
    /// One of [`attachment_kind`].
    kind: i32,
    name: String,
    content_type: String,
    size: i64,
    width: i32,
    height: i32,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    blurhash: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ForwardedDetail {
    conversation: Uuid,
    seq: i64,
    sender: Uuid,
}

/// The stored number of a role.
pub fn role_number(role: Role) -> i32 {
    match role {
        Role::Member => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

/// The role with the stored number `number`.
pub fn role(number: i32) -> Result<Role, StoreError> {
    match number {
        1 => Ok(Role::Member),
        2 => Ok(Role::Admin),
        3 => Ok(Role::Owner),
        _ => Err(odd("there is no such role")),
    }
}

/// The stored number of what those who join see.
pub fn history_number(history: History) -> i32 {
    match history {
        History::Everything => 1,
        History::FromJoining => 2,
    }
}

/// What those who join see, by its stored number.
pub fn history(number: i32) -> Result<History, StoreError> {
    match number {
        1 => Ok(History::Everything),
        2 => Ok(History::FromJoining),
        _ => Err(odd("there is no such rule for the history")),
    }
}

/// Whether events of this kind, which have a target, still say how it looks
/// once they have been stored together with what they change.
pub fn stays_live(kind: &EventKind) -> bool {
    // A removed reaction leaves nothing: what it removes is retired with it.
    kind.target().is_some() && !matches!(kind, EventKind::ReactionRemoved { .. })
}

impl From<&EventKind> for Record {
    fn from(kind: &EventKind) -> Self {
        let on = |number, target: &i64| Self { kind: number, target: Some(*target), ..Self::default() };
        let with = |number, detail| Self { kind: number, detail: Some(detail), ..Self::default() };
        match kind {
            EventKind::MessageSent(content) => content.as_ref().map_or_else(
                || Self { kind: kind::MESSAGE_SENT, ..Self::default() },
                |content| Self { kind: kind::MESSAGE_SENT, ..of_content(content) },
            ),
            EventKind::MessageEdited { target, words } => {
                let words = words.as_ref().map(of_words).unwrap_or_default();
                Self { kind: kind::MESSAGE_EDITED, target: Some(*target), ..words }
            }
            EventKind::MessageDeleted { target } => on(kind::MESSAGE_DELETED, target),
            EventKind::ReactionAdded { target, emoji } => {
                Self { text: Some(emoji.as_str().to_owned()), ..on(kind::REACTION_ADDED, target) }
            }
            EventKind::ReactionRemoved { target, emoji } => {
                Self { text: Some(emoji.as_str().to_owned()), ..on(kind::REACTION_REMOVED, target) }
            }
            EventKind::MessagePinned { target } => on(kind::MESSAGE_PINNED, target),
            EventKind::MessageUnpinned { target } => on(kind::MESSAGE_UNPINNED, target),
            EventKind::GroupCreated(founding) => with(kind::GROUP_CREATED, of_founding(founding)),
            EventKind::MembersJoined { members } => {
                with(kind::MEMBERS_JOINED, Detail { members: uuids(members), ..Detail::default() })
            }
            EventKind::MemberLeft { member } => {
                with(kind::MEMBER_LEFT, Detail { members: vec![member.as_uuid()], ..Detail::default() })
            }
            EventKind::RoleChanged { member, role } => {
                let (members, role) = (vec![member.as_uuid()], Some(role_number(*role)));
                with(kind::ROLE_CHANGED, Detail { members, role, ..Detail::default() })
            }
            EventKind::ConversationUpdated(update) => with(kind::CONVERSATION_UPDATED, of_update(update)),
        }
    }
}

impl TryFrom<Record> for EventKind {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self, StoreError> {
        let target = || record.target.ok_or_else(|| odd("an event has no target"));
        let emoji =
            || record.text.clone().map(Emoji::from_store).ok_or_else(|| odd("a reaction has no emoji"));
        let detail = record.detail.clone().unwrap_or_default();
        let member = || {
            detail.members.first().map(|member| Id::from_uuid(*member)).ok_or_else(|| odd("nobody is named"))
        };
        Ok(match record.kind {
            kind::MESSAGE_SENT => {
                Self::MessageSent(record.text.map(|text| content(text, detail)).transpose()?)
            }
            kind::MESSAGE_EDITED => {
                let target = target()?;
                Self::MessageEdited { target, words: record.text.map(|text| words(text, &detail)) }
            }
            kind::MESSAGE_DELETED => Self::MessageDeleted { target: target()? },
            kind::REACTION_ADDED => Self::ReactionAdded { target: target()?, emoji: emoji()? },
            kind::REACTION_REMOVED => Self::ReactionRemoved { target: target()?, emoji: emoji()? },
            kind::MESSAGE_PINNED => Self::MessagePinned { target: target()? },
            kind::MESSAGE_UNPINNED => Self::MessageUnpinned { target: target()? },
            kind::GROUP_CREATED => Self::GroupCreated(founding(detail)?),
            kind::MEMBERS_JOINED => Self::MembersJoined { members: ids(detail.members) },
            kind::MEMBER_LEFT => Self::MemberLeft { member: member()? },
            kind::ROLE_CHANGED => {
                Self::RoleChanged { member: member()?, role: role(detail.role.unwrap_or_default())? }
            }
            kind::CONVERSATION_UPDATED => Self::ConversationUpdated(Update {
                title: detail.title,
                description: detail.description,
                picture: detail.picture_changed.then(|| detail.picture.map(MediaId::from_uuid)),
            }),
            _ => return Err(odd("there is no such kind of events")),
        })
    }
}

fn of_content(content: &Content) -> Record {
    let words = of_words(&content.words);
    let mut detail = words.detail.unwrap_or_default();
    detail.reply_to = content.reply_to;
    detail.attachments = content.attachments.iter().map(AttachmentDetail::from).collect();
    detail.forwarded = content.forwarded.map(|origin| ForwardedDetail {
        conversation: origin.conversation.as_uuid(),
        seq: origin.seq,
        sender: origin.sender.as_uuid(),
    });
    Record { detail: some(detail), ..words }
}

fn content(text: String, detail: Detail) -> Result<Content, StoreError> {
    let forwarded = detail.forwarded.as_ref().map(|origin| Origin {
        conversation: ConversationId::from_uuid(origin.conversation),
        seq: origin.seq,
        sender: UserId::from_uuid(origin.sender),
    });
    let attachments = detail.attachments.iter().cloned().map(Attachment::try_from);
    let attachments = attachments.collect::<Result<_, _>>()?;
    Ok(Content { reply_to: detail.reply_to, words: words(text, &detail), forwarded, attachments })
}

impl From<&Attachment> for AttachmentDetail {
    fn from(attachment: &Attachment) -> Self {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let kind = match attachment.kind {
            AttachmentKind::Image => attachment_kind::IMAGE,
            AttachmentKind::Video => attachment_kind::VIDEO,
            AttachmentKind::Audio => attachment_kind::AUDIO,
            AttachmentKind::File => attachment_kind::FILE,
        };
        Self {
            media: attachment.media.as_uuid(),
            kind,
            name: attachment.name.clone(),
            content_type: attachment.content_type.clone(),
            size: attachment.size,
            width: attachment.width,
            height: attachment.height,
            duration: attachment.duration.map(millis),
            blurhash: attachment.blurhash.clone(),
        }
    }
}

impl TryFrom<AttachmentDetail> for Attachment {
    type Error = StoreError;

    fn try_from(detail: AttachmentDetail) -> Result<Self, StoreError> {
        let kind = match detail.kind {
            attachment_kind::IMAGE => AttachmentKind::Image,
            attachment_kind::VIDEO => AttachmentKind::Video,
            attachment_kind::AUDIO => AttachmentKind::Audio,
            attachment_kind::FILE => AttachmentKind::File,
            _ => return Err(odd("there is no such kind of attachments")),
        };
        let duration = detail.duration.and_then(|millis| u64::try_from(millis).ok());
        Ok(Self {
            media: MediaId::from_uuid(detail.media),
            kind,
            name: detail.name,
            content_type: detail.content_type,
            size: detail.size,
            width: detail.width,
            height: detail.height,
            duration: duration.map(Duration::from_millis),
            blurhash: detail.blurhash,
        })
    }
}

fn of_words(words: &Words) -> Record {
    let detail = Detail { mentions: uuids(&words.mentions), ..Detail::default() };
    Record { text: Some(words.text.as_str().to_owned()), detail: some(detail), ..Record::default() }
}

fn words(text: String, detail: &Detail) -> Words {
    Words { text: Text::from_store(text), mentions: ids(detail.mentions.clone()) }
}

fn of_founding(founding: &Founding) -> Detail {
    let Profile { title, description, picture } = founding.profile.clone();
    Detail {
        members: uuids(&founding.members),
        history: Some(history_number(founding.history)),
        title: Some(title),
        description: Some(description),
        picture: picture.map(|picture| picture.as_uuid()),
        ..Detail::default()
    }
}

fn founding(detail: Detail) -> Result<Founding, StoreError> {
    Ok(Founding {
        profile: Profile {
            title: detail.title.unwrap_or_default(),
            description: detail.description.unwrap_or_default(),
            picture: detail.picture.map(MediaId::from_uuid),
        },
        history: history(detail.history.unwrap_or_default())?,
        members: ids(detail.members),
    })
}

fn of_update(update: &Update) -> Detail {
    let Update { title, description, picture } = update.clone();
    let picture_changed = picture.is_some();
    let picture = picture.flatten().map(|picture| picture.as_uuid());
    Detail { title, description, picture_changed, picture, ..Detail::default() }
}

/// A detail that says nothing is not kept: most messages have none.
fn some(detail: Detail) -> Option<Detail> {
    (detail != Detail::default()).then_some(detail)
}

fn uuids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(UserId::as_uuid).collect()
}

fn ids<Of>(uuids: Vec<Uuid>) -> Vec<Id<Of>> {
    uuids.into_iter().map(Id::from_uuid).collect()
}

fn odd(problem: &str) -> StoreError {
    StoreError::corrupt("read an event", problem)
}
