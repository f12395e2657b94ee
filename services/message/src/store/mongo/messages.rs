//! Messages as they look now: what was sent, and the live events that it is the target of.

use std::collections::{HashMap, HashSet};

use bson::{Bson, Document, doc};
use confab_core::{ConversationId, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::MongoStore;
use super::documents::log_id;
use crate::domain::{Event, Message};
use crate::store::record::kind;

/// A deletion, as far as it names what it deletes.
#[derive(Debug, Deserialize)]
struct DeletionDocument {
    target: i64,
}

impl MongoStore {
    /// See [`MessageStore::find_messages`](crate::store::MessageStore::find_messages).
    pub(super) async fn find_by_seq(
        &self,
        conversation: ConversationId,
        seqs: &[i64],
    ) -> Result<Vec<Message>, StoreError> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Document> = seqs.iter().map(|seq| log_id(conversation, *seq)).collect();
        let sent = doc! { "_id": { "$in": ids }, "kind": kind::MESSAGE_SENT };
        let sent = self.find_in_log(sent, 1, seqs.len(), "find messages").await?;
        self.folded(sent).await
    }

    /// See [`MessageStore::list_said`](crate::store::MessageStore::list_said).
    pub(super) async fn find_said(
        &self,
        conversation: ConversationId,
        sender: UserId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let said = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "actor": binary(sender.as_uuid()),
            "kind": kind::MESSAGE_SENT,
            "_id.s": { "$gt": after },
            "text": { "$exists": true },
        };
        let said = self.find_in_log(said, 1, limit, "list what somebody said").await?;
        Ok(said.iter().map(Event::seq).collect())
    }

    /// What the messages that were `sent` look like after everything that
    /// happened to them, in the same order.
    pub(super) async fn folded(&self, sent: Vec<Event>) -> Result<Vec<Message>, StoreError> {
        let mut messages: Vec<Message> = sent.into_iter().filter_map(Message::sent_by).collect();
        let mut targets: HashMap<ConversationId, Vec<Bson>> = HashMap::new();
        for message in &messages {
            targets.entry(message.conversation).or_default().push(message.seq().into());
        }
        if targets.is_empty() {
            return Ok(messages);
        }
        let of_one = |(conversation, seqs): (ConversationId, Vec<Bson>)| {
            doc! { "_id.c": binary(conversation.as_uuid()), "target": { "$in": seqs }, "live": true }
        };
        let live: Vec<Document> = targets.into_iter().map(of_one).collect();
        let live =
            self.find_in_log(doc! { "$or": live }, 1, usize::MAX, "read what happened to messages").await?;

        let mut by_target: HashMap<(ConversationId, i64), Vec<Event>> = HashMap::new();
        for event in live {
            if let Some(target) = event.kind.target() {
                by_target.entry((event.conversation, target)).or_default().push(event);
            }
        }
        for message in &mut messages {
            let happened = by_target.remove(&(message.conversation, message.seq())).unwrap_or_default();
            for event in &happened {
                message.apply(event);
            }
        }
        Ok(messages)
    }
    /// Takes out of `events` of a conversation what was said in messages that
    /// are deleted. Their texts may still be kept, if a node has died before it
    /// had erased them. Deletions are looked for after the events were read, so
    /// none that came before is missed.
    pub(super) async fn forget_deleted(
        &self,
        conversation: ConversationId,
        events: &mut [Event],
    ) -> Result<(), StoreError> {
        let task = "find deleted messages";
        let told: HashSet<i64> = events.iter().filter_map(Event::words_of).collect();
        if told.is_empty() {
            return Ok(());
        }
        let deletions = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "target": { "$in": told.into_iter().collect::<Vec<_>>() },
            "live": true,
            "kind": kind::MESSAGE_DELETED,
        };
        let log = self.log.clone_with_type::<DeletionDocument>();
        let found = log.find(deletions).projection(doc! { "target": 1 }).await.or_store_error(task)?;
        let found: Vec<DeletionDocument> = found.try_collect().await.or_store_error(task)?;
        let deleted: HashSet<i64> = found.into_iter().map(|deletion| deletion.target).collect();
        for event in events {
            if event.words_of().is_some_and(|message| deleted.contains(&message)) {
                event.forget_words();
            }
        }
        Ok(())
    }
}
