//! What the collections hold.

use bson::{Binary, DateTime, Document, doc};
use confab_core::{ClientId, ConversationId, Id, MediaId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::binary;
use serde::{Deserialize, Serialize};

use crate::domain::{Conversation, Event, EventKind, Form, Head, Mark, Member, Profile, Settings};
use crate::store::record::{self, Detail, Record, role_number};

/// The place of an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogId {
    /// The conversation.
    pub c: Binary,
    /// The number.
    pub s: i64,
}

/// An event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogDocument {
    #[serde(rename = "_id")]
    pub id: LogId,
    pub ordinal: i64,
    pub revision: i64,
    pub last_message: i64,
    pub actor: Binary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Binary>,
    pub created: DateTime,
    pub kind: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// True while it says how its target looks; then absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
    /// The revision that it made, if it changed the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// True until what follows from it is done; then absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<bool>,
}

/// A conversation, as it was at some revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConversationDocument {
    #[serde(rename = "_id")]
    pub id: Binary,
    pub created: DateTime,
    pub revision: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupDocument>,
    pub members: Vec<RosterDocument>,
    pub pins: Vec<i64>,
}

/// What only groups have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupDocument {
    pub history: i32,
    pub title: String,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Binary>,
}

/// Somebody in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RosterDocument {
    pub user: Binary,
    pub role: i32,
    pub since_seq: i64,
    pub since_ordinal: i64,
}

/// A conversation as one of its members needs it: from where on they see it,
/// and how far they have read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberDocument {
    #[serde(rename = "_id")]
    pub id: MemberId,
    pub member: Binary,
    /// Whether they are in it now.
    pub present: bool,
    /// The event by which they came or went.
    pub since_event: i64,
    pub since_seq: i64,
    pub since_ordinal: i64,
    /// Means nothing below what they said last.
    pub read_seq: i64,
    pub read_ordinal: i64,
    /// Means nothing below `read_seq`: what was read was delivered.
    pub delivered_seq: i64,
    /// When it is announced again; absent if it was never muted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<DateTime>,
    /// How many messages there were when it was put away; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<i64>,
}

/// The `_id` of a member of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberId {
    /// The conversation.
    pub c: Binary,
    /// The person.
    pub m: Binary,
}

impl MemberDocument {
    /// How far they have read, unless they said something further on.
    pub fn read(&self) -> Mark {
        Mark { seq: self.read_seq, ordinal: self.read_ordinal }
    }

    pub fn since(&self) -> Mark {
        Mark { seq: self.since_seq, ordinal: self.since_ordinal }
    }

    pub fn settings(&self) -> Settings {
        let muted_until = self.muted_until.map(|until| Timestamp::from_millis(until.timestamp_millis()));
        Settings { muted_until, archived_at: self.archived_at }
    }
}

/// The `_id` of a member of a conversation.
pub fn member_id(conversation: ConversationId, member: UserId) -> Document {
    doc! { "c": binary(conversation.as_uuid()), "m": binary(member.as_uuid()) }
}

/// The `_id` of an event.
pub fn log_id(conversation: ConversationId, seq: i64) -> Document {
    doc! { "c": binary(conversation.as_uuid()), "s": seq }
}

impl LogDocument {
    /// What is kept of `event`, which follows `before`.
    pub fn new(event: &Event, before: Head) -> Self {
        let record = Record::from(&event.kind);
        let changes = event.at.revision > before.revision;
        let target = event.kind.target();
        Self {
            id: LogId { c: binary(event.conversation.as_uuid()), s: event.at.seq },
            ordinal: event.at.ordinal,
            revision: event.at.revision,
            last_message: event.at.last_message,
            actor: binary(event.actor.as_uuid()),
            client: event.client.map(|client| binary(client.as_uuid())),
            created: DateTime::from_millis(event.created.as_millis()),
            kind: record.kind,
            target: record.target,
            text: record.text,
            detail: record.detail,
            live: target.map(|_| true),
            change: changes.then_some(event.at.revision),
            due: (changes || target.is_some()).then_some(true),
        }
    }

    pub fn head(&self) -> Head {
        Head {
            seq: self.id.s,
            ordinal: self.ordinal,
            revision: self.revision,
            last_message: self.last_message,
        }
    }
}

impl TryFrom<LogDocument> for Event {
    type Error = StoreError;

    fn try_from(document: LogDocument) -> Result<Self, StoreError> {
        let at = document.head();
        let LogDocument { id: place, actor, client, created, kind, target, text, detail, .. } = document;
        Ok(Self {
            conversation: id(&place.c)?,
            at,
            actor: id(&actor)?,
            client: client.map(|client| id(&client)).transpose()?.map(|client: ClientId| client),
            created: Timestamp::from_millis(created.timestamp_millis()),
            kind: EventKind::try_from(Record { kind, target, text, detail })?,
        })
    }
}

impl From<&Conversation> for ConversationDocument {
    fn from(conversation: &Conversation) -> Self {
        let group = match &conversation.form {
            Form::Direct => None,
            Form::Group { profile, history } => Some(GroupDocument {
                history: record::history_number(*history),
                title: profile.title.clone(),
                description: profile.description.clone(),
                picture: profile.picture.map(|picture| binary(picture.as_uuid())),
            }),
        };
        let member = |member: &Member| RosterDocument {
            user: binary(member.user.as_uuid()),
            role: role_number(member.role),
            since_seq: member.since.seq,
            since_ordinal: member.since.ordinal,
        };
        Self {
            id: binary(conversation.id.as_uuid()),
            created: DateTime::from_millis(conversation.created.as_millis()),
            revision: conversation.revision,
            group,
            members: conversation.members.iter().map(member).collect(),
            pins: conversation.pins.clone(),
        }
    }
}

impl TryFrom<ConversationDocument> for Conversation {
    type Error = StoreError;

    fn try_from(document: ConversationDocument) -> Result<Self, StoreError> {
        let form = match document.group {
            None => Form::Direct,
            Some(group) => Form::Group {
                history: record::history(group.history)?,
                profile: Profile {
                    title: group.title,
                    description: group.description,
                    picture: group.picture.as_ref().map(id).transpose()?.map(|picture: MediaId| picture),
                },
            },
        };
        let member = |member: RosterDocument| {
            Ok(Member {
                user: id(&member.user)?,
                role: record::role(member.role)?,
                since: Mark { seq: member.since_seq, ordinal: member.since_ordinal },
            })
        };
        Ok(Self {
            id: id(&document.id)?,
            form,
            members: document.members.into_iter().map(member).collect::<Result<_, StoreError>>()?,
            pins: document.pins,
            created: Timestamp::from_millis(document.created.timestamp_millis()),
            revision: document.revision,
        })
    }
}

/// Reads an id.
pub fn id<Of>(binary: &Binary) -> Result<Id<Of>, StoreError> {
    let uuid = binary.to_uuid().map_err(|error| StoreError::corrupt("read an id", error))?;
    Ok(Id::from_uuid(uuid::Uuid::from_bytes(uuid.bytes())))
}
