//! What the message service keeps.

#[cfg(test)]
mod contract;
mod embedded;
mod index;
mod kept;
mod mongo;
mod people;
mod pushes;
mod record;

use std::sync::Arc;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use confab_db::{Database, OpenError, StoreError};

use crate::domain::{
    Advance, Conditions, Conversation, Draft, Event, Head, Mark, Marks, Message, Overview, Refusal, Setting,
    Shelf,
};

use embedded::EmbeddedStore;
use index::{EmbeddedIndex, MongoIndex};
use mongo::MongoStore;
use pushes::{EmbeddedPushes, MongoPushes};

pub use index::{Chunk, SearchIndex};
pub use people::{PeopleStore, Person, Visibility};
pub use pushes::{Ledger, PushStore};

/// How many conversations of one person are looked at. Whoever has more sees
/// some of them only when something happens there.
pub const CONVERSATIONS_MAX: usize = 10_000;

/// Where a page of conversations goes on: after the conversation that was last
/// active then, and has that id.
pub type ConversationCursor = (Timestamp, uuid::Uuid);

/// The stores of the message service.
#[derive(Clone)]
pub struct Stores {
    pub(crate) messages: Arc<dyn MessageStore>,
    pub(crate) people: Arc<dyn PeopleStore>,
    pub(crate) index: Arc<dyn SearchIndex>,
    pub(crate) pushes: Arc<dyn PushStore>,
}

impl Stores {
    /// Opens the stores in `database`, and makes what is missing there.
    ///
    /// Waits for a MongoDB that is not there yet.
    ///
    /// # Errors
    ///
    /// If `database` cannot be used; the error says what an operator has to do.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        Ok(match database {
            Database::Embedded { folder } => Self::of(
                Arc::new(EmbeddedStore::open(folder)?),
                Arc::new(EmbeddedIndex::open(folder)?),
                Arc::new(EmbeddedPushes::open(folder)?),
            ),
            Database::MongoDb(server) => Self::of(
                Arc::new(MongoStore::open(server).await?),
                Arc::new(MongoIndex::open(server).await?),
                Arc::new(MongoPushes::open(server).await?),
            ),
        })
    }

    fn of(
        store: Arc<impl MessageStore + PeopleStore + 'static>,
        index: Arc<dyn SearchIndex>,
        pushes: Arc<dyn PushStore>,
    ) -> Self {
        Self { messages: store.clone(), people: store, index, pushes }
    }

    /// Waits until the stores can keep nothing any more, and says why. For most
    /// stores that never happens.
    pub async fn failed(&self) -> String {
        tokio::select! {
            reason = self.messages.failed() => reason,
            reason = self.index.failed() => reason,
            reason = self.pushes.failed() => reason,
        }
    }

    /// Ends the use of the stores in an orderly way.
    pub async fn close(&self) {
        self.pushes.close().await;
        self.index.close().await;
        self.messages.close().await;
    }
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is this event now.
    Stored(Event),
    /// It had become this event before.
    Replayed(Event),
    /// The actor has used its client id for something else: the event with
    /// this number. Nothing was stored.
    Conflict { original_seq: i64 },
    /// It is so already. Nothing was stored.
    Unchanged,
    /// It may not happen. Nothing was stored.
    Refused(Refusal),
}

impl Appended {
    /// The event that the draft is now, unless it is none.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Stored(event) | Self::Replayed(event) => Some(event),
            Self::Conflict { .. } | Self::Unchanged | Self::Refused(_) => None,
        }
    }

    /// What becomes of `draft`, now that `original` has its client id.
    pub fn from_original(original: Event, draft: &Draft) -> Self {
        if original.came_from(draft) {
            Self::Replayed(original)
        } else {
            Self::Conflict { original_seq: original.seq() }
        }
    }
}

/// How far a conversation has come, as one of its members sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberHead {
    pub member: UserId,
    pub conversation: ConversationId,
    /// What the member sees comes after this.
    pub since: Mark,
    pub head: Head,
}

/// How safely a store keeps what it says it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Synced to the disk of this machine.
    Synced,
    /// In the journals of a majority of machines.
    Majority,
}

/// Keeps conversations and their logs. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// Decides about `drafts`, in their order; appends to the log of
    /// `conversation` what happens, and returns what became of each.
    ///
    /// Each event gets the number after the last, without holes, also when
    /// other nodes append to the same conversation, and was decided upon in the
    /// light of all events before it. A draft whose actor has used its client id
    /// in this conversation before is not stored again, however long ago that
    /// was. The read marks of those who said something move to what they said.
    /// A deletion erases what was said. What is returned is durable, and seen by
    /// every later read.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] any of the drafts may be stored. Calling
    /// again with the same client ids is safe, and settles it.
    async fn append(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        conditions: Conditions,
    ) -> Result<Vec<Appended>, StoreError>;

    /// Returns how far `conversation` has come.
    async fn head(&self, conversation: ConversationId) -> Result<Head, StoreError>;

    /// Returns up to `limit` events after the number `after`, oldest first.
    async fn list_events(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Returns the messages on `page`, as they look now, newest first. The
    /// cursor is a number.
    async fn list_messages(
        &self,
        conversation: ConversationId,
        page: Page<i64>,
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns up to `limit` events that changed the group itself, its members
    /// or its profile, with numbers after `after` and before `before`: the newest
    /// of them, newest first.
    async fn list_notes(
        &self,
        conversation: ConversationId,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Returns those of the messages `seqs` that there are, as they look now,
    /// in the order of their numbers.
    async fn find_messages(
        &self,
        conversation: ConversationId,
        seqs: &[i64],
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns the event of `conversation` that `actor` calls `client`, if there
    /// is one. What is returned is durable.
    async fn find_by_client(
        &self,
        conversation: ConversationId,
        actor: UserId,
        client: ClientId,
    ) -> Result<Option<Event>, StoreError>;

    /// Returns the events on `page` that edited the message `target`, newest
    /// first. The cursor is a number.
    async fn list_edits(
        &self,
        conversation: ConversationId,
        target: i64,
        page: Page<i64>,
    ) -> Result<Vec<Event>, StoreError>;

    /// Returns the numbers of up to `limit` messages after the number `after` that
    /// `sender` has sent to `conversation` and that still say something, oldest first.
    async fn list_said(
        &self,
        conversation: ConversationId,
        sender: UserId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError>;

    /// Keeps `conversation`, which is a direct one, unless it is kept already.
    /// Whoever comes second changes nothing.
    async fn open_direct(&self, conversation: Conversation) -> Result<(), StoreError>;

    /// Returns a conversation as it was at its `revision` or later; `None` if
    /// there is none. With revision 0 it costs nothing if it was read before.
    async fn conversation(
        &self,
        conversation: ConversationId,
        revision: i64,
    ) -> Result<Option<Arc<Conversation>>, StoreError>;

    /// Returns the ids of up to `limit` conversations behind `after`, in their
    /// order.
    async fn list_ids(
        &self,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>, StoreError>;

    /// Returns the conversation as `member` sees it, or `None` if there is no
    /// such conversation, or `member` is not in it.
    async fn overview(
        &self,
        conversation: ConversationId,
        member: UserId,
    ) -> Result<Option<Overview>, StoreError>;

    /// Returns the conversations of `member` on `page` that they keep in `place`
    /// at the time `now`, the last active first.
    async fn list_overviews(
        &self,
        member: UserId,
        place: Shelf,
        now: Timestamp,
        page: Page<ConversationCursor>,
    ) -> Result<Vec<Overview>, StoreError>;

    /// Returns how far each conversation of each of `members` has come, for at
    /// most [`CONVERSATIONS_MAX`] times as many as there are members.
    async fn heads(&self, members: &[UserId]) -> Result<Vec<MemberHead>, StoreError>;

    /// Moves marks of members forward, and returns how far each has come now;
    /// `None` for who is not in the conversation. A mark never moves back, and
    /// one that would move to an event that is not there stays where it is.
    async fn advance_marks(&self, advances: &[Advance]) -> Result<Vec<Option<Marks>>, StoreError>;

    /// Returns how far each member of `conversation` has come.
    async fn marks(&self, conversation: ConversationId) -> Result<Vec<(UserId, Marks)>, StoreError>;

    /// Keeps that `member` wants `conversation` to be shown so from `now` on. Of
    /// two calls at once, either comes last. Who is not in it wants nothing.
    async fn set(
        &self,
        conversation: ConversationId,
        member: UserId,
        setting: Setting,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Finishes what a crash left undone after it had stored an event, and
    /// returns how many such events there were; at most a hundred at a time.
    async fn finish(&self) -> Result<usize, StoreError>;

    /// Names the history that the numbers belong to. A store that was restored
    /// from a backup is given another name.
    async fn epoch(&self) -> Result<String, StoreError>;

    /// How safely everything is kept.
    fn durability(&self) -> Durability;

    /// Waits until the store can keep nothing any more, and says why.
    async fn failed(&self) -> String;

    /// Ends the use of the store.
    async fn close(&self);
}
