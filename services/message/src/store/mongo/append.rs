//! Appending to the log: leap, and let the unique indexes decide.

use std::collections::HashMap;

use bson::{Bson, Document, doc};
use confab_core::{ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary, is_duplicate_key};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::ReadConcern;

use super::documents::{LogDocument, member_id};
use super::{MongoStore, log_range};
use crate::domain::{Draft, Event, Head};
use crate::store::Appended;

/// How often a batch is numbered anew because other nodes were first. Each time
/// one of them has come further, so this is reached only if many write at once.
const TRIES_MAX: usize = 64;

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
        for _ in 0..TRIES_MAX {
            if batch.waiting.is_empty() {
                return Ok(());
            }
            self.append_once(batch, now).await?;
        }
        let source = "other nodes kept writing to the same conversation".into();
        Err(StoreError::Unavailable { task: TASK, source })
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
    /// client id, then it was stored before; or `_id`, then another node was first.
    async fn settle_refused(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let Some(refused) = batch.waiting.first() else {
            return Ok(());
        };
        if let Some(original) = self.find_original(batch.conversation, refused).await? {
            batch.waiting = &batch.waiting[1..];
            batch.outcomes.push(Appended::from_original(original, refused));
        } else {
            self.heads.remove(&batch.conversation);
        }
        Ok(())
    }

    async fn find_original(
        &self,
        conversation: ConversationId,
        draft: &Draft,
    ) -> Result<Option<Event>, StoreError> {
        let by_client = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "actor": binary(draft.sender.as_uuid()),
            "client": binary(draft.client.as_uuid()),
        };
        let found = self.log.find_one(by_client).await.or_store_error(TASK)?;
        found.map(Event::try_from).transpose()
    }

    async fn head_guess(&self, conversation: ConversationId) -> Result<Head, StoreError> {
        if let Some(head) = self.heads.get(&conversation) {
            return Ok(head);
        }
        // Also what has not reached a majority yet: the log has no holes, so
        // what we put behind it reaches one only together with it.
        let newest = self.log.find_one(log_range(conversation, 0, i64::MAX)).sort(doc! { "_id": -1 });
        let newest = newest.read_concern(ReadConcern::local()).await.or_store_error(TASK)?;
        let newest = newest.map(Event::try_from).transpose()?;
        let head = newest.as_ref().map(Head::from).unwrap_or_default();
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
        // The messages are stored, so this is no reason to say otherwise. A lost
        // mark costs a badge that goes with the next message.
        if let Err(error) = self.mongo.database().run_command(command).await.or_store_error("move read marks")
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "a read mark stays behind");
        }
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
