//! Inserts into the log: one command for many conversations.
//!
//! A command costs the server more than the documents in it, and each waits
//! for the journals of a majority. So only a few are under way at a time, and
//! whatever comes in meanwhile goes out together with the next.

use std::sync::Arc;

use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, duplicate_keys};
use mongodb::Collection;
use mongodb::error::{Error, Result};
use mongodb::results::InsertManyResult;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::documents::LogDocument;

/// How many commands are under way at a time. With one, whoever comes alone
/// would wait for two: that which is under way, and the next.
const COMMANDS_MAX: usize = 2;
/// How many documents share a command. At the largest size of a message that
/// is 8 MiB, half of what MongoDB takes.
const DOCUMENTS_MAX: usize = 256;
/// How many documents may queue; who comes then waits for room.
const QUEUE_MAX: usize = 1_024;

const TASK: &str = "append to a conversation";

/// Inserts into the log.
pub struct Inserts {
    log: Collection<LogDocument>,
    queue: mpsc::Sender<Waiting>,
}

/// A document that is alone in its conversation, and whoever waits for it.
struct Waiting {
    document: LogDocument,
    /// Whether it was stored; if not, its keys were taken.
    answer: oneshot::Sender<Result<bool>>,
}

impl Inserts {
    /// Starts the tasks that insert into `log`. They end with what is returned.
    pub fn start(log: Collection<LogDocument>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..COMMANDS_MAX {
            tokio::spawn(insert_what_comes(log.clone(), Arc::clone(&waiting)));
        }
        Self { log, queue }
    }

    /// Inserts `documents`, which follow one another in one conversation, and
    /// returns how many are stored: all of them, or those before the first
    /// whose keys were taken.
    pub async fn insert(&self, documents: &[LogDocument]) -> std::result::Result<usize, StoreError> {
        if let [document] = documents {
            return Ok(usize::from(self.insert_with_others(document.clone()).await?));
        }
        // Behind one that is refused nothing may be stored, which the server sees
        // to only if all that a command inserts is in one order.
        let refused = refused(self.log.insert_many(documents).ordered(true).await);
        let refused = refused.or_store_error(TASK)?;
        Ok(refused.first().copied().unwrap_or(documents.len()))
    }

    async fn insert_with_others(&self, document: LogDocument) -> std::result::Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        let lost = |source| StoreError::Unknown { task: TASK, source };
        self.queue
            .send(Waiting { document, answer })
            .await
            .map_err(|error| lost(error.to_string().into()))?;
        answered.await.map_err(|error| lost(error.into()))?.or_store_error(TASK)
    }
}

/// Inserts what waits, one command after the other, until nothing can come any more.
async fn insert_what_comes(log: Collection<LogDocument>, queue: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut batch = Vec::with_capacity(DOCUMENTS_MAX);
    // The next of these tasks is let in as soon as this one has something to do.
    while queue.lock().await.recv_many(&mut batch, DOCUMENTS_MAX).await > 0 {
        insert_all(&log, std::mem::take(&mut batch)).await;
    }
}

/// Inserts the documents of `batch`, each of which is refused for itself.
async fn insert_all(log: &Collection<LogDocument>, batch: Vec<Waiting>) {
    let (documents, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|one| (one.document, one.answer)).unzip();
    let refused = refused(log.insert_many(&documents).ordered(false).await);
    for (place, answer) in answers.into_iter().enumerate() {
        let is_stored = refused.as_ref().map(|refused| !refused.contains(&place)).map_err(Error::clone);
        // Whoever asked may have gone; it is stored all the same.
        let _ = answer.send(is_stored);
    }
}

/// The places of the documents whose keys were taken.
fn refused(inserted: Result<InsertManyResult>) -> Result<Vec<usize>> {
    match inserted {
        Ok(_) => Ok(Vec::new()),
        Err(error) => duplicate_keys(&error).ok_or(error),
    }
}

#[cfg(test)]
mod tests {
    use bson::DateTime;
    use confab_core::ConversationId;
    use confab_db::mongo::binary;
    use confab_db::testing::mongo;
    use futures_util::future::join_all;
    use uuid::Uuid;

    use super::super::documents::LogId;
    use super::*;
    use crate::store::record::kind;

    /// The message with a number in a conversation.
    fn message(conversation: ConversationId, seq: i64) -> LogDocument {
        LogDocument {
            id: LogId { c: binary(conversation.as_uuid()), s: seq },
            ordinal: seq,
            revision: 0,
            last_message: seq,
            actor: binary(Uuid::new_v4()),
            client: Some(binary(Uuid::new_v4())),
            created: DateTime::from_millis(0),
            kind: kind::MESSAGE_SENT,
            target: None,
            text: Some("hello".into()),
            detail: None,
            live: None,
            change: None,
            due: None,
        }
    }

    fn conversation() -> ConversationId {
        ConversationId::from_uuid(Uuid::new_v4())
    }

    #[tokio::test]
    async fn of_many_conversations_each_is_refused_for_itself() {
        let kept = mongo("inserts").await;
        let log = kept.service("message").collection::<LogDocument>("log");
        let inserts = Inserts::start(log.clone());
        let conversations: Vec<_> = std::iter::repeat_with(conversation).take(40).collect();
        let taken = |place: usize| place % 4 == 1;
        for (_, lost) in conversations.iter().enumerate().filter(|(place, _)| taken(*place)) {
            log.insert_one(message(*lost, 1)).await.unwrap();
        }

        let documents: Vec<_> = conversations.iter().map(|id| [message(*id, 1)]).collect();
        let stored = join_all(documents.iter().map(|document| inserts.insert(document))).await;
        for (place, stored) in stored.into_iter().enumerate() {
            assert_eq!(stored.unwrap(), usize::from(!taken(place)), "{place}");
        }
        assert_eq!(log.count_documents(bson::doc! {}).await.unwrap(), 40, "one of each");
    }

    #[tokio::test]
    async fn behind_one_that_is_refused_nothing_is_stored() {
        let kept = mongo("insertorder").await;
        let log = kept.service("message").collection::<LogDocument>("log");
        let (inserts, id) = (Inserts::start(log.clone()), conversation());
        log.insert_one(message(id, 2)).await.unwrap();
        let documents = [1, 2, 3].map(|seq| message(id, seq));
        assert_eq!(inserts.insert(&documents).await.unwrap(), 1);
        assert_eq!(log.count_documents(bson::doc! {}).await.unwrap(), 2, "there is no hole");
    }
}
