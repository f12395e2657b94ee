//! What follows from an event: in other documents, after it was stored.
//!
//! Each step can be done twice, in any order with those of other events, and
//! by any node. An event is `due` until all of them are done, so that what a
//! crash left undone is found by `MessageStore::finish`.

use std::time::Duration;

use bson::{Document, doc};
use confab_core::UserId;
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use tokio::time::timeout;

use super::MongoStore;
use super::documents::{LogDocument, log_id, member_id};
use crate::domain::{Conversation, Event, EventKind, Founding};
use crate::store::MessageStore;
use crate::store::record::kind;

/// How long people wait for what follows, once what they did is stored.
const TIME_MAX: Duration = Duration::from_secs(2);
/// How many unfinished events are taken up at a time.
const DUE_MAX: i64 = 100;

const TASK: &str = "finish an event";

impl MongoStore {
    /// Does what follows from `events`, which are of one conversation.
    pub(super) async fn follow_in_time(&self, events: &[Event]) {
        match timeout(TIME_MAX, self.follow(events)).await {
            Ok(Ok(())) => {}
            // They are stored, so this is no reason to say otherwise.
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what follows is left for later");
            }
            Err(_) => tracing::warn!("what follows took too long, and is left for later"),
        }
    }

    /// Does what follows from `events`, which are of one conversation.
    pub(super) async fn follow(&self, events: &[Event]) -> Result<(), StoreError> {
        let Some(last) = events.last() else { return Ok(()) };
        let id = last.conversation;
        let changes = |event: &Event| !matches!(event.kind, EventKind::MessageSent(_));
        let due: Vec<&Event> = events.iter().filter(|event| changes(event)).collect();
        if due.is_empty() {
            return Ok(());
        }

        let conversation = self.conversation(id, last.at.revision).await?;
        if let Some(conversation) = &conversation {
            self.write_conversation(conversation).await?;
            let updates = due.iter().flat_map(|event| member_updates(conversation, event)).collect();
            self.mongo.update_each("members", updates, TASK).await?;
        }
        for event in &due {
            self.follow_target(event).await?;
        }
        let ids: Vec<Document> = due.iter().map(|event| log_id(id, event.seq())).collect();
        let done = self.log.update_many(doc! { "_id": { "$in": ids } }, doc! { "$unset": { "due": "" } });
        done.await.or_store_error(TASK).map(drop)
    }

    /// See [`MessageStore::finish`].
    pub(super) async fn finish_due(&self) -> Result<usize, StoreError> {
        let found = self.log.find(doc! { "due": true }).limit(DUE_MAX).await.or_store_error(TASK)?;
        let found: Vec<LogDocument> = found.try_collect().await.or_store_error(TASK)?;
        let count = found.len();
        for document in found {
            self.follow(&[Event::try_from(document)?]).await?;
        }
        Ok(count)
    }

    /// Does what follows from `event` for the message that it happens to.
    async fn follow_target(&self, event: &Event) -> Result<(), StoreError> {
        match &event.kind {
            EventKind::MessageEdited { target, .. } => {
                let earlier = doc! { "kind": kind::MESSAGE_EDITED, "_id.s": { "$lt": event.seq() } };
                self.retire(event, *target, earlier).await
            }
            EventKind::ReactionRemoved { target, emoji } => {
                // What it takes back goes first: alone, it says nothing.
                let by_actor = doc! { "actor": binary(event.actor.as_uuid()), "text": emoji.as_str() };
                let mut earlier = doc! { "kind": kind::REACTION_ADDED, "_id.s": { "$lt": event.seq() } };
                earlier.extend(by_actor);
                self.retire(event, *target, earlier).await?;
                self.retire(event, *target, doc! { "_id.s": event.seq() }).await
            }
            EventKind::MessagePinned { target } | EventKind::MessageUnpinned { target } => {
                let kinds = [kind::MESSAGE_PINNED, kind::MESSAGE_UNPINNED];
                let earlier = doc! { "kind": { "$in": kinds.to_vec() }, "_id.s": { "$lt": event.seq() } };
                self.retire(event, *target, earlier).await
            }
            EventKind::MessageDeleted { target } => self.erase(event, *target).await,
            _ => Ok(()),
        }
    }

    /// Takes what was said out of the store, together with all ways it was put.
    async fn erase(&self, event: &Event, target: i64) -> Result<(), StoreError> {
        let said = doc! { "_id": log_id(event.conversation, target) };
        let erased = doc! { "$unset": { "text": "", "detail": "" } };
        self.log.update_one(said, erased.clone()).await.or_store_error(TASK)?;
        let edits = doc! {
            "_id.c": binary(event.conversation.as_uuid()), "target": target, "kind": kind::MESSAGE_EDITED,
        };
        self.log.update_many(edits, erased).await.or_store_error(TASK)?;
        self.retire(event, target, doc! { "_id.s": { "$lt": event.seq() } }).await
    }

    /// Takes the live events of `target` that match `filter` out of the fold.
    async fn retire(&self, event: &Event, target: i64, filter: Document) -> Result<(), StoreError> {
        let mut found =
            doc! { "_id.c": binary(event.conversation.as_uuid()), "target": target, "live": true };
        found.extend(filter);
        self.log.update_many(found, doc! { "$unset": { "live": "" } }).await.or_store_error(TASK).map(drop)
    }
}

/// What `event` changes about the members of `conversation`, as it is now.
fn member_updates(conversation: &Conversation, event: &Event) -> Vec<Document> {
    let joins = |member: &UserId| join(conversation, event, *member);
    match &event.kind {
        EventKind::GroupCreated(Founding { members, .. }) => {
            members.iter().chain([&event.actor]).map(joins).collect()
        }
        EventKind::MembersJoined { members } => members.iter().map(joins).collect(),
        EventKind::MemberLeft { member } => vec![leave(event, *member)],
        _ => Vec::new(),
    }
}

/// Unless something later has happened to the member.
fn join(conversation: &Conversation, event: &Event, member: UserId) -> Document {
    let since = conversation.since_when_joining(event);
    let fields = doc! {
        "member": binary(member.as_uuid()),
        "present": true,
        "since_event": event.seq(),
        "since_seq": since.seq,
        "since_ordinal": since.ordinal,
    };
    // Who joins has nothing to catch up with, and may have said something since.
    let marks = doc! {
        "read_seq": event.at.seq,
        "read_ordinal": event.at.ordinal,
        "delivered_seq": event.at.seq,
    };
    // Who comes back wants nothing yet.
    let unset = doc! { "muted_until": "", "archived_at": "" };
    doc! { "q": not_after(event, member), "u": { "$set": fields, "$max": marks, "$unset": unset }, "upsert": true }
}

/// Also if nothing says yet that they came: that may still follow, too late.
fn leave(event: &Event, member: UserId) -> Document {
    let fields = doc! { "present": false, "since_event": event.seq() };
    let mut unknown = unknown(member);
    unknown.extend(doc! { "read_seq": 0_i64, "read_ordinal": 0_i64, "delivered_seq": 0_i64 });
    doc! { "q": not_after(event, member), "u": { "$set": fields, "$setOnInsert": unknown }, "upsert": true }
}

/// What is kept of somebody of whom nothing says yet that they came.
fn unknown(member: UserId) -> Document {
    doc! { "member": binary(member.as_uuid()), "since_seq": 0_i64, "since_ordinal": 0_i64 }
}

fn not_after(event: &Event, member: UserId) -> Document {
    doc! { "_id": member_id(event.conversation, member), "since_event": { "$lt": event.seq() } }
}
