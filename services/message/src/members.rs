//! Who is in a conversation, and what they may see of it.

use std::sync::Arc;

use confab_core::{ConversationId, UserId};

use crate::domain::{Conversation, Event, Member, Message};
use crate::error::Error;
use crate::store::MessageStore;

/// The members of conversations.
#[derive(Clone)]
pub struct Members {
    store: Arc<dyn MessageStore>,
}

/// Somebody in a conversation, as it was at some revision.
#[derive(Clone)]
pub struct Membership {
    pub conversation: Arc<Conversation>,
    pub member: Member,
}

/// Something that was found in a conversation.
pub trait Found {
    /// Its number.
    fn seq(&self) -> i64;
    /// How often the conversation had changed with it, and with what was made of it since.
    fn revision(&self) -> i64;
}

impl Members {
    pub fn new(store: Arc<dyn MessageStore>) -> Self {
        Self { store }
    }

    /// Returns `user` as a member of `conversation`.
    ///
    /// # Errors
    ///
    /// The same one whether the user is not in it, or there is no such conversation.
    pub async fn require(&self, conversation: ConversationId, user: UserId) -> Result<Membership, Error> {
        if let Some(membership) = self.at(conversation, user, 0).await? {
            return Ok(membership);
        }
        // They may have come in after it was last looked at.
        self.require_now(conversation, user).await
    }

    /// The same, as the conversation is now.
    pub async fn require_now(&self, conversation: ConversationId, user: UserId) -> Result<Membership, Error> {
        let head = self.store.head(conversation).await?;
        let membership = self.at(conversation, user, head.revision).await?;
        membership.ok_or(Error::NoSuchConversation { conversation })
    }

    /// Returns those of the things `found` in a conversation that its member sees.
    ///
    /// Each knows the revision at which it happened, so a removal is heeded for
    /// all that came after it, however long ago the membership was looked up.
    pub async fn visible<T: Found>(&self, membership: Membership, found: Vec<T>) -> Result<Vec<T>, Error> {
        let since = self.as_of(membership, &found).await?.member.since;
        Ok(found.into_iter().filter(|found| found.seq() > since.seq).collect())
    }

    /// Returns `membership` as it was when what was `found` looked so, or later.
    ///
    /// # Errors
    ///
    /// As of [`Members::require`], if they are not in it any more.
    pub async fn as_of<T: Found>(&self, membership: Membership, found: &[T]) -> Result<Membership, Error> {
        let revision = found.iter().map(Found::revision).max().unwrap_or_default();
        if revision <= membership.conversation.revision {
            return Ok(membership);
        }
        let (conversation, user) = (membership.conversation.id, membership.member.user);
        let now = self.at(conversation, user, revision).await?;
        now.ok_or(Error::NoSuchConversation { conversation })
    }

    async fn at(
        &self,
        conversation: ConversationId,
        user: UserId,
        revision: i64,
    ) -> Result<Option<Membership>, Error> {
        let conversation = self.store.conversation(conversation, revision).await?;
        Ok(conversation.and_then(|conversation| {
            let member = *conversation.member(user)?;
            Some(Membership { conversation, member })
        }))
    }
}

impl Found for Event {
    fn seq(&self) -> i64 {
        self.at.seq
    }

    fn revision(&self) -> i64 {
        self.at.revision
    }
}

impl Found for Message {
    fn seq(&self) -> i64 {
        self.at.seq
    }

    fn revision(&self) -> i64 {
        self.revision
    }
}
