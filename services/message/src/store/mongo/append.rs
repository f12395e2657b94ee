//! Appending to the log: leap, and let the unique indexes decide.

use std::collections::HashMap;
use std::time::Duration;

use bson::{Bson, Document, doc};
use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::error::{Error, ErrorKind};
use tokio::time::{sleep, timeout};

use super::MongoStore;
use super::documents::{LogDocument, member_id};
use crate::domain::{Draft, Event, EventKind, Head};
use crate::store::{Appended, MessageStore};

/// How often in a row a batch is numbered anew because other nodes were first.
/// Each time one of them has come further, so this is reached only if many
/// write at once, or a write of theirs is long in reaching a majority.
const TRIES_MAX: u32 = 64;
/// The longest pause between two of these tries; the first is a millisecond.
const PAUSE_MAX: Duration = Duration::from_millis(64);
/// How long senders wait for their read marks, once their messages are stored.
const READ_MARKS_TIME_MAX: Duration = Duration::from_secs(2);

const TASK: &str = "append messages";

/// Drafts on their way into the log, and what became of those before them.
struct Batch<'d> {
    conversation: ConversationId,
    waiting: &'d [Draft],
    outcomes: Vec<Appended>,
}

impl Batch<'_> {
    /// What `error` means for the batch as a whole. It may be certain that
    /// nothing more was stored; but some of it was.
    fn failed_with(&self, error: StoreError) -> StoreError {
        let stored = |outcome: &Appended| matches!(outcome, Appended::Stored(_));
        if self.outcomes.iter().any(stored) {
            StoreError::Unknown { task: TASK, source: Box::new(error) }
        } else {
            error
        }
    }
}

impl MongoStore {
    /// See [`MessageStore::append`](crate::store::MessageStore::append).
    pub(super) async fn append_drafts(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        let mut batch = Batch { conversation, waiting: drafts, outcomes: Vec::with_capacity(drafts.len()) };
        match self.append_all(&mut batch, now).await {
            Ok(()) => {
                self.advance_read_marks(&batch).await;
                Ok(batch.outcomes)
            }
            Err(error) => {
                // Whatever was stored, the guess is not to be trusted now.
                self.heads.remove(&conversation);
                Err(batch.failed_with(error))
            }
        }
    }

    async fn append_all(&self, batch: &mut Batch<'_>, now: Timestamp) -> Result<(), StoreError> {
        let mut stuck = 0;
        while !batch.waiting.is_empty() {
            if stuck == TRIES_MAX {
                let source = "other nodes kept writing to the same conversation".into();
                return Err(StoreError::Unavailable { task: TASK, source });
            }
            if stuck > 0 {
                sleep(Duration::from_millis(1 << stuck.min(16)).min(PAUSE_MAX)).await;
            }
            let before = batch.waiting.len();
            self.append_once(batch, now).await?;
            stuck = if batch.waiting.len() < before { 0 } else { stuck + 1 };
        }
        Ok(())
    }

    /// Tries to store all that waits with one write; moves what is settled to the outcomes.
    async fn append_once(&self, batch: &mut Batch<'_>, now: Timestamp) -> Result<(), StoreError> {
        let head = self.head_guess(batch.conversation).await?;
        let events = number(batch, head, now);
        let documents: Vec<LogDocument> = events.iter().map(LogDocument::from).collect();
        match self.log.insert_many(documents).ordered(true).await {
            Ok(_) => {
                self.settle(batch, events);
                Ok(())
            }
            // In order, up to the first that was refused: those before it are stored.
            Err(error) if is_duplicate_key(&error) => {
                let stored = first_refused(&error);
                self.settle(batch, events.into_iter().take(stored).collect());
                self.settle_refused(batch).await
            }
            Err(error) => Err(error).or_store_error(TASK),
        }
    }

    fn settle(&self, batch: &mut Batch<'_>, stored: Vec<Event>) {
        if let Some(last) = stored.last() {
            self.heads.insert(batch.conversation, Head::from(last));
        }
        batch.waiting = &batch.waiting[stored.len()..];
        batch.outcomes.extend(stored.into_iter().map(Appended::Stored));
    }

    /// Finds out which index refused the first draft that waits: that on the
    /// client id, then it was stored before, and so perhaps were those behind
    /// it; or `_id`, then another node was first.
    async fn settle_refused(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let originals = self.find_originals(batch.conversation, batch.waiting).await?;
        let before = batch.waiting.len();
        while let [draft, rest @ ..] = batch.waiting {
            let Some(original) = originals.get(&(draft.sender, draft.client)) else { break };
            batch.outcomes.push(Appended::from_original(original.clone(), draft));
            batch.waiting = rest;
        }
        if batch.waiting.len() == before {
            self.heads.remove(&batch.conversation);
        }
        Ok(())
    }

    /// Returns the events that have the client ids of `drafts`, as far as a
    /// majority has them: whoever is told of a replay is told that it is safe.
    async fn find_originals(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
    ) -> Result<HashMap<(UserId, ClientId), Event>, StoreError> {
        let actors: Vec<_> = drafts.iter().map(|draft| binary(draft.sender.as_uuid())).collect();
        let clients: Vec<_> = drafts.iter().map(|draft| binary(draft.client.as_uuid())).collect();
        let by_client = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "actor": { "$in": actors },
            "client": { "$in": clients },
        };
        let found = self.log.find(by_client).await.or_store_error(TASK)?;
        let found: Vec<LogDocument> = found.try_collect().await.or_store_error(TASK)?;
        let events = found.into_iter().map(Event::try_from);
        events
            .map(|event| {
                let event = event?;
                let EventKind::MessageSent { client, .. } = &event.kind;
                Ok(((event.actor, *client), event))
            })
            .collect()
    }

    /// Where the conversation is believed to be.
    ///
    /// Read as far as a majority has it: behind a number that may still be
    /// taken back by an election, the next one would leave a hole.
    async fn head_guess(&self, conversation: ConversationId) -> Result<Head, StoreError> {
        if let Some(head) = self.heads.get(&conversation) {
            return Ok(head);
        }
        let head = self.head(conversation).await?;
        self.heads.insert(conversation, head);
        Ok(head)
    }

    /// Whoever says something has read what was said before.
    async fn advance_read_marks(&self, batch: &Batch<'_>) {
        let mut newest: HashMap<UserId, Head> = HashMap::new();
        for outcome in &batch.outcomes {
            if let Appended::Stored(event) = outcome {
                newest.insert(event.actor, Head::from(event));
            }
        }
        if newest.is_empty() {
            return;
        }
        let updates: Vec<Bson> = newest
            .into_iter()
            .map(|(member, head)| advance(member_id(batch.conversation, member), head).into())
            .collect();
        // Reads see only what a majority has, and a sender is to see the mark at once.
        let command = doc! { "update": "members", "updates": updates, "writeConcern": { "w": "majority" } };
        let moving = timeout(READ_MARKS_TIME_MAX, self.mongo.database().run_command(command)).await;
        let problem = match moving {
            Ok(Ok(reply)) if reply.contains_key("writeErrors") => "MongoDB refused some",
            Ok(Ok(reply)) if reply.contains_key("writeConcernError") => "no majority confirmed them",
            Ok(Ok(_)) => return,
            Ok(Err(_)) => "MongoDB refused them",
            Err(_) => "it took too long",
        };
        // The messages are stored, so this is no reason to say otherwise. A lost
        // mark costs a badge that goes with the next message.
        tracing::warn!(problem, "read marks may stay behind");
    }
}

fn advance(id: Document, head: Head) -> Document {
    doc! { "q": { "_id": id }, "u": { "$max": { "read_seq": head.seq, "read_ordinal": head.ordinal } } }
}

/// The events that the waiting drafts become if nobody else was first.
fn number(batch: &Batch<'_>, mut head: Head, now: Timestamp) -> Vec<Event> {
    let next = |draft| {
        let event = head.next(batch.conversation, draft, now);
        head = Head::from(&event);
        event
    };
    batch.waiting.iter().map(next).collect()
}

fn first_refused(error: &Error) -> usize {
    match &*error.kind {
        ErrorKind::InsertMany(error) => {
            error.write_errors.iter().flatten().map(|error| error.index).min().unwrap_or(0)
        }
        _ => 0,
    }
}
