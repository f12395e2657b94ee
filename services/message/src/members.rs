//! Who is in a conversation, kept at hand.

use std::sync::Arc;

use confab_core::{ConversationId, UserId};
use quick_cache::sync::Cache;

use crate::error::Error;
use crate::store::MessageStore;

/// Of how many conversations the members are kept at hand.
const CONVERSATIONS_MAX: usize = 100_000;

/// The members of conversations, from the store or from memory.
#[derive(Clone)]
pub struct Members {
    store: Arc<dyn MessageStore>,
    /// Only of conversations that exist. Theirs never change: all are direct.
    kept: Arc<Cache<ConversationId, Arc<[UserId]>>>,
}

impl Members {
    pub fn new(store: Arc<dyn MessageStore>) -> Self {
        Self { store, kept: Arc::new(Cache::new(CONVERSATIONS_MAX)) }
    }

    /// Returns the members of `conversation`; of an unknown one, nobody.
    pub async fn of(&self, conversation: ConversationId) -> Result<Arc<[UserId]>, Error> {
        if let Some(members) = self.kept.get(&conversation) {
            return Ok(members);
        }
        let members: Arc<[UserId]> = self.store.members(conversation).await?.into();
        if !members.is_empty() {
            self.kept.insert(conversation, members.clone());
        }
        Ok(members)
    }
}
