//! From the wire to the domain and back. After this there are no unparsed texts.

mod attachment;
mod change;
mod conversation;
mod event;
pub mod frame;
mod group;
mod message;
mod personal_data;
mod place;
mod push;
mod search;
mod send;

use std::collections::HashMap;
use std::fmt::Display;

use bytes::Bytes;
use confab_core::page::Page;
use confab_core::{ConversationId, StreamId, Timestamp, UserId};
use confab_proto::message::v1;
use prost::Message as _;
use serde::de::DeserializeOwned;

use crate::domain::{self, Event, Head};
use crate::error::Error;
use crate::handlers::{Delivered, ReadSoFar};
use crate::live::Known;
use crate::store::Visibility;

pub use attachment::{attachment, wire_aftermath, wire_place};
pub use change::{edit, emoji, place, user_reaction, version, wanted_emoji};
pub use conversation::Viewed;
pub use group::{founding, people, role, update};
pub use message::{Seen, start};
pub use personal_data::{erasure, exported, exporter};
pub use place::{holdings, indexes, wanted_places};
pub use push::wanted_push;
pub use search::wanted;
pub use send::{draft, forward, forwarded, sent};

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

/// A time that the contract allows: google.protobuf.Timestamp ends with the year 9999.
pub fn time(name: &'static str, time: prost_types::Timestamp) -> Result<Timestamp, Error> {
    const SECONDS_MAX: i64 = 253_402_300_799;
    const NANOS_MAX: i32 = 999_999_999;
    if (0..=SECONDS_MAX).contains(&time.seconds) && (0..=NANOS_MAX).contains(&time.nanos) {
        Ok(time.into())
    } else {
        Err(Error::invalid(name, "must be between the years 1970 and 9999"))
    }
}

/// How many items are wanted. The contract has checked that it is in bounds.
pub fn limit(size: Option<i32>, default: usize) -> usize {
    size.and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}

impl TryFrom<v1::SubscribeRequest> for Known {
    type Error = Error;

    fn try_from(request: v1::SubscribeRequest) -> Result<Self, Error> {
        let heads = request.known_heads.iter().map(|head| {
            let conversation = field("known_heads.conversation_id", head.conversation_id.parse())?;
            Ok((conversation, head.seq))
        });
        let heads = heads.collect::<Result<HashMap<_, _>, Error>>()?;
        let hash =
            request.heads_hash.map(|hash| field("heads_hash", hash.as_ref().try_into())).transpose()?;
        Ok(Self { epoch: request.epoch, heads, hash })
    }
}

pub fn watched(request: &v1::WatchPresenceRequest) -> Result<(StreamId, Vec<UserId>), Error> {
    let users = request.user_ids.iter().map(|user| field("user_ids", user.parse()));
    Ok((field("stream_id", request.stream_id.parse())?, users.collect::<Result<_, _>>()?))
}

pub fn visibility(request: v1::SetPresenceVisibilityRequest) -> Visibility {
    if request.hidden { Visibility::Hidden } else { Visibility::Shown }
}

/// The event as it goes over the bus.
pub fn encode(event: &Event) -> Bytes {
    v1::Event::from(event.clone()).encode_to_vec().into()
}

impl From<ReadSoFar> for v1::MarkReadResponse {
    fn from(ReadSoFar { read, head }: ReadSoFar) -> Self {
        Self { read_seq: read.seq, unread_count: domain::unread(head, read) }
    }
}

pub fn delivered(marks: &[v1::DeliveredMark]) -> Result<Vec<Delivered>, Error> {
    marks.iter().map(|mark| Ok((conversation_id(&mark.conversation_id)?, mark.seq))).collect()
}

pub fn delivered_mark((conversation, seq): Delivered) -> v1::DeliveredMark {
    v1::DeliveredMark { conversation_id: conversation.to_string(), seq }
}

pub fn events(events: Vec<Event>, head: Head) -> v1::ListEventsResponse {
    v1::ListEventsResponse { events: events.into_iter().map(Into::into).collect(), head_seq: head.seq }
}
