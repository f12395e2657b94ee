//! Appending to the log: leap, and let the unique indexes decide.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, doc};
use confab_core::{ClientId, ConversationId, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use tokio::time::sleep;

use super::MongoStore;
use super::documents::LogDocument;
use crate::domain::{Conditions, Conversation, Draft, Event, EventKind, Head, State, Verdict};
use crate::store::{Appended, MessageStore};

/// How often in a row a batch is numbered anew because other nodes were first.
/// Each time one of them has come further, so this is reached only if many
/// write at once, or a write of theirs is long in reaching a majority.
const TRIES_MAX: u32 = 64;
/// The longest pause between two of these tries; the first is a millisecond.
const PAUSE_MAX: Duration = Duration::from_millis(64);

const TASK: &str = "append to a conversation";

/// What an actor calls what they want.
pub type Name = (UserId, ClientId);

/// Drafts on their way into the log, and what became of those before them.
struct Batch<'d> {
    conversation: ConversationId,
    waiting: &'d [Draft],
    outcomes: Vec<Appended>,
    /// The messages that it has deleted. Their words leave the documents only after all of it.
    deleted: HashSet<i64>,
}

/// What becomes of the drafts that wait, if nobody else was first.
struct Plan {
    verdicts: Vec<Verdict>,
    documents: Vec<LogDocument>,
    /// What the conversation is like after all of it.
    conversation: Option<Arc<Conversation>>,
}

impl<'d> Batch<'d> {
    fn new(conversation: ConversationId, drafts: &'d [Draft]) -> Self {
        let outcomes = Vec::with_capacity(drafts.len());
        Self { conversation, waiting: drafts, outcomes, deleted: HashSet::new() }
    }

    /// Says what becomes of the first draft that waits.
    fn settle_first(&mut self, outcome: Appended) {
        if let Appended::Stored(Event { kind: EventKind::MessageDeleted { target }, .. }) = &outcome {
            self.deleted.insert(*target);
        }
        self.outcomes.push(outcome);
        self.waiting = &self.waiting[1..];
    }

    /// What becomes of `draft`, now that `original` has its client id.
    fn replayed(&self, original: &Event, draft: &Draft) -> Appended {
        let mut original = original.clone();
        let message = original.kind.target().unwrap_or(original.seq());
        if self.deleted.contains(&message) {
            original.kind.forget_words();
        }
        Appended::from_original(original, draft)
    }

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

    fn stored(&self) -> Vec<Event> {
        let stored = |outcome: &Appended| match outcome {
            Appended::Stored(event) => Some(event.clone()),
            _ => None,
        };
        self.outcomes.iter().filter_map(stored).collect()
    }
}

impl MongoStore {
    /// See [`MessageStore::append`](crate::store::MessageStore::append).
    pub(super) async fn append_drafts(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        conditions: Conditions,
    ) -> Result<Vec<Appended>, StoreError> {
        let mut batch = Batch::new(conversation, drafts);
        let appended = self.append_all(&mut batch, conditions).await;
        // Also of a batch that got stuck: what is stored is stored.
        self.follow_in_time(&batch.stored()).await;
        match appended {
            Ok(()) => Ok(batch.outcomes),
            Err(error) => {
                // Whatever was stored, the guess is not to be trusted now.
                self.heads.remove(&conversation);
                Err(batch.failed_with(error))
            }
        }
    }

    async fn append_all(&self, batch: &mut Batch<'_>, conditions: Conditions) -> Result<(), StoreError> {
        let mut stuck = 0;
        while !batch.waiting.is_empty() {
            if stuck == TRIES_MAX {
                let source = "other nodes kept writing to the same conversation".into();
                return Err(StoreError::Unavailable { task: TASK, source });
            }
            if stuck > 1 {
                sleep(Duration::from_millis(1 << stuck.min(16)).min(PAUSE_MAX)).await;
            }
            let before = batch.waiting.len();
            self.append_once(batch, conditions).await?;
            stuck = if batch.waiting.len() < before { 0 } else { stuck + 1 };
        }
        Ok(())
    }

    /// Tries to store all that waits with one write; moves what is settled to the outcomes.
    async fn append_once(&self, batch: &mut Batch<'_>, conditions: Conditions) -> Result<(), StoreError> {
        let guess = self.heads.get(&batch.conversation);
        let head = match guess {
            Some(guess) => guess,
            // Read as far as a majority has it: behind a number that may still
            // be taken back by an election, the next one would leave a hole.
            None => self.head(batch.conversation).await?,
        };
        let Some(plan) = self.plan(batch, head, conditions).await? else {
            self.heads.remove(&batch.conversation);
            return Ok(());
        };
        if plan.documents.is_empty() {
            // No write proves that the head is what we believe, so it must not be a guess.
            if guess.is_some() {
                self.heads.remove(&batch.conversation);
                return Ok(());
            }
            return self.settle(batch, &plan.verdicts, 0).await;
        }
        let stored = self.inserts.insert(&plan.documents).await?;
        let last = stored.checked_sub(1).and_then(|last| plan.documents.get(last));
        last.inspect(|last| self.heads.insert(batch.conversation, last.head()));
        if stored == plan.documents.len() {
            plan.conversation.iter().for_each(|conversation| self.kept.put(conversation));
            return self.settle(batch, &plan.verdicts, stored).await;
        }
        // If nothing is stored, nothing proves a guess: what was not to be
        // stored anyway has to be decided anew.
        if stored > 0 || guess.is_none() {
            self.settle(batch, &plan.verdicts, stored).await?;
        }
        self.settle_refused(batch).await
    }

    /// Decides about what waits, as of `head`; `None` if the conversation is
    /// known to have come further.
    async fn plan(
        &self,
        batch: &Batch<'_>,
        head: Head,
        conditions: Conditions,
    ) -> Result<Option<Plan>, StoreError> {
        let id = batch.conversation;
        let conversation = self.conversation(id, head.revision).await?;
        if conversation.as_ref().is_some_and(|found| found.revision != head.revision) {
            return Ok(None);
        }
        let needed: Vec<i64> = batch.waiting.iter().filter_map(|draft| draft.kind.needs()).collect();
        let messages = self.find_messages(id, &needed).await?;
        let messages = messages.into_iter().map(|message| (message.seq(), message)).collect();

        let mut state = State { id, head, conversation, messages };
        let mut documents = Vec::with_capacity(batch.waiting.len());
        let mut verdicts = Vec::with_capacity(batch.waiting.len());
        for draft in batch.waiting {
            let before = state.head;
            let verdict = state.decide(draft, conditions);
            if let Verdict::Happens(event) = &verdict {
                documents.push(LogDocument::new(event, before));
            }
            verdicts.push(verdict);
        }
        Ok(Some(Plan { verdicts, documents, conversation: state.conversation }))
    }

    /// Turns the verdicts into outcomes, up to the event after the first `stored`.
    async fn settle(
        &self,
        batch: &mut Batch<'_>,
        verdicts: &[Verdict],
        stored: usize,
    ) -> Result<(), StoreError> {
        let mut left = stored;
        let settled = verdicts.iter().take_while(|verdict| match verdict {
            Verdict::Happens(_) => left.checked_sub(1).inspect(|less| left = *less).is_some(),
            _ => true,
        });
        let settled: Vec<_> = batch.waiting.iter().zip(settled).collect();

        // Whoever sends something twice is told so, whatever has happened since.
        let quiet = settled.iter().filter(|(_, verdict)| !matches!(verdict, Verdict::Happens(_)));
        let quiet: Vec<_> = quiet.filter_map(|(draft, _)| name_of(draft)).collect();
        let originals = self.find_originals(batch.conversation, &quiet).await?;
        // But not by what comes after it in this batch.
        let first = settled.iter().find_map(|(_, verdict)| match verdict {
            Verdict::Happens(event) => Some(event),
            _ => None,
        });
        let mut last = first.map_or(i64::MAX, |event| event.seq() - 1);
        for (draft, verdict) in settled {
            let original = original_of(&originals, draft).filter(|original| original.seq() <= last);
            batch.settle_first(match (original, verdict) {
                (_, Verdict::Happens(event)) => {
                    last = event.seq();
                    Appended::Stored(event.clone())
                }
                (Some(original), _) => batch.replayed(original, draft),
                (None, Verdict::Unchanged) => Appended::Unchanged,
                (None, Verdict::Refused(refusal)) => Appended::Refused(refusal.clone()),
            });
        }
        Ok(())
    }

    /// Finds out which index refused the first draft that waits: that on the
    /// client id, then it was stored before, and so perhaps were those behind
    /// it; or `_id`, then another node was first.
    async fn settle_refused(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let waiting: Vec<_> = batch.waiting.iter().filter_map(name_of).collect();
        let originals = self.find_originals(batch.conversation, &waiting).await?;
        let before = batch.waiting.len();
        while let [draft, ..] = batch.waiting {
            let Some(original) = original_of(&originals, draft) else { break };
            batch.settle_first(batch.replayed(original, draft));
        }
        if batch.waiting.len() == before {
            self.heads.remove(&batch.conversation);
        }
        Ok(())
    }

    /// Returns the events with these client ids of these actors, as far as a
    /// majority has them: whoever is told of a replay is told that it is safe.
    pub(super) async fn find_originals(
        &self,
        conversation: ConversationId,
        names: &[Name],
    ) -> Result<HashMap<Name, Event>, StoreError> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let actors: Vec<Bson> = names.iter().map(|(actor, _)| binary(actor.as_uuid()).into()).collect();
        let clients: Vec<Bson> = names.iter().map(|(_, client)| binary(client.as_uuid()).into()).collect();
        let by_client = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "actor": { "$in": actors },
            "client": { "$in": clients },
        };
        let found = self.log.find(by_client).await.or_store_error(TASK)?;
        let found: Vec<LogDocument> = found.try_collect().await.or_store_error(TASK)?;
        let mut originals = HashMap::new();
        for document in found {
            let due = document.due.is_some();
            let event = Event::try_from(document)?;
            if due {
                // Whoever stored it has not come to the end of it, or never will.
                self.follow(std::slice::from_ref(&event)).await?;
            }
            originals.extend(event.client.map(|client| ((event.actor, client), event)));
        }
        Ok(originals)
    }
}

fn name_of(draft: &Draft) -> Option<Name> {
    draft.client.map(|client| (draft.actor, client))
}

fn original_of<'o>(originals: &'o HashMap<Name, Event>, draft: &Draft) -> Option<&'o Event> {
    originals.get(&name_of(draft)?)
}

#[cfg(test)]
mod tests;
