//! From the wire to the domain and back. After this there are no unparsed texts.

use std::collections::HashMap;
use std::fmt::Display;

use bytes::Bytes;
use confab_core::page::Page;
use confab_core::{ConversationId, UserId};
use confab_proto::message::v1;
use prost::Message as _;
use serde::de::DeserializeOwned;

use crate::domain::{self, Draft, Event, EventKind, Head, Overview, Target, Text};
use crate::error::Error;
use crate::handlers::{ReadSoFar, Sent};
use crate::live::Known;
use crate::store::Durability;

/// Adds the name of the field to whatever was wrong with it.
fn field<T, E: Display>(name: &'static str, parsed: Result<T, E>) -> Result<T, Error> {
    parsed.map_err(|problem| Error::invalid(name, problem))
}

pub fn conversation_id(text: &str) -> Result<ConversationId, Error> {
    field("conversation_id", text.parse())
}

pub fn user_id(text: &str) -> Result<UserId, Error> {
    field("user_id", text.parse())
}

pub fn page<Cursor: DeserializeOwned>(size: Option<i32>, token: &str) -> Result<Page<Cursor>, Error> {
    field("page_token", Page::new(size, token))
}

/// How many items are wanted. The contract has checked that it is in bounds.
pub fn limit(size: Option<i32>, default: usize) -> usize {
    size.and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}

pub fn draft(sender: UserId, request: v1::SendMessageRequest) -> Result<(Target, Draft), Error> {
    use v1::send_message_request::Target as Wire;

    let target = match request.target {
        Some(Wire::ConversationId(id)) => Target::Conversation(conversation_id(&id)?),
        Some(Wire::UserId(id)) => Target::User(user_id(&id)?),
        None => return Err(Error::invalid("target", "is required")),
    };
    let client = field("client_id", request.client_id.parse())?;
    let text = field("text", Text::new(request.text))?;
    Ok((target, Draft { sender, client, text }))
}

impl TryFrom<v1::SubscribeRequest> for Known {
    type Error = Error;

    fn try_from(request: v1::SubscribeRequest) -> Result<Self, Error> {
        let heads = request.known_heads.iter().map(|head| {
            let conversation = field("known_heads.conversation_id", head.conversation_id.parse())?;
            Ok((conversation, head.seq))
        });
        Ok(Self { epoch: request.epoch, heads: heads.collect::<Result<HashMap<_, _>, Error>>()? })
    }
}

impl From<Sent> for v1::SendMessageResponse {
    fn from(sent: Sent) -> Self {
        let durability = match sent.durability {
            Durability::Synced => v1::Durability::Synced,
            Durability::Majority => v1::Durability::Majority,
        };
        Self { message: Some(sent.event.into()), replayed: sent.replayed, durability: durability.into() }
    }
}

impl From<Event> for v1::Message {
    fn from(event: Event) -> Self {
        let EventKind::MessageSent { client, text } = event.kind;
        Self {
            conversation_id: event.conversation.to_string(),
            seq: event.seq,
            ordinal: event.ordinal,
            sender_id: event.actor.to_string(),
            text: text.into_string(),
            client_id: client.to_string(),
            create_time: Some(event.created.into()),
        }
    }
}

impl From<Event> for v1::Event {
    fn from(event: Event) -> Self {
        let EventKind::MessageSent { client, text } = event.kind;
        let sent = v1::MessageSent {
            ordinal: event.ordinal,
            text: text.into_string(),
            client_id: client.to_string(),
        };
        Self {
            conversation_id: event.conversation.to_string(),
            seq: event.seq,
            actor_id: event.actor.to_string(),
            create_time: Some(event.created.into()),
            kind: Some(v1::event::Kind::MessageSent(sent)),
        }
    }
}

/// The event as it goes over the bus.
pub fn encode(event: &Event) -> Bytes {
    v1::Event::from(event.clone()).encode_to_vec().into()
}

impl From<Overview> for v1::Conversation {
    fn from(overview: Overview) -> Self {
        let unread_count = overview.unread();
        let domain::Conversation { id, members, created } = overview.conversation;
        Self {
            conversation_id: id.to_string(),
            kind: v1::ConversationKind::Direct.into(),
            member_ids: members.iter().map(UserId::to_string).collect(),
            create_time: Some(created.into()),
            head_seq: overview.head.seq,
            last_message: overview.last_message.map(Into::into),
            read_seq: overview.read.seq,
            unread_count,
        }
    }
}

impl From<ReadSoFar> for v1::MarkReadResponse {
    fn from(ReadSoFar { read, head }: ReadSoFar) -> Self {
        Self { read_seq: read.seq, unread_count: domain::unread(head, read) }
    }
}

pub fn events(events: Vec<Event>, head: Head) -> v1::ListEventsResponse {
    v1::ListEventsResponse { events: events.into_iter().map(Into::into).collect(), head_seq: head.seq }
}

/// Frames of the live stream.
pub mod frame {
    use confab_core::{ConversationId, StreamId};
    use confab_proto::message::v1;
    use v1::subscribe_response::Frame;

    pub fn ready(stream: StreamId, epoch: String) -> v1::SubscribeResponse {
        wrap(Frame::Ready(v1::Ready { stream_id: stream.to_string(), epoch }))
    }

    pub fn event(event: v1::Event) -> v1::SubscribeResponse {
        wrap(Frame::Event(event))
    }

    pub fn head_moved(conversation: ConversationId, head_seq: i64) -> v1::SubscribeResponse {
        wrap(Frame::HeadMoved(v1::HeadMoved { conversation_id: conversation.to_string(), head_seq }))
    }

    pub fn reset(epoch: String) -> v1::SubscribeResponse {
        wrap(Frame::Reset(v1::Reset { epoch }))
    }

    pub fn heartbeat() -> v1::SubscribeResponse {
        wrap(Frame::Heartbeat(v1::Heartbeat {}))
    }

    fn wrap(frame: Frame) -> v1::SubscribeResponse {
        v1::SubscribeResponse { frame: Some(frame) }
    }
}
