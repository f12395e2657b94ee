//! Conversations that were read before.

use std::sync::Arc;

use confab_core::ConversationId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::domain::Conversation;

/// How many members the conversations that are kept have together: some 100 MB.
const MEMBERS_MAX: u64 = 2_000_000;
/// How many conversations are expected; only a hint.
const CONVERSATIONS_EXPECTED: usize = 100_000;

/// Conversations that were read before, each as it was at some revision.
///
/// They are never asked to be up to date: every event says at which revision it
/// happened, so whoever holds an older one knows it.
pub struct Kept(Cache<ConversationId, Arc<Conversation>, ByMembers>);

#[derive(Clone)]
struct ByMembers;

impl Weighter<ConversationId, Arc<Conversation>> for ByMembers {
    fn weight(&self, _: &ConversationId, conversation: &Arc<Conversation>) -> u64 {
        1 + conversation.members.len() as u64
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter(CONVERSATIONS_EXPECTED, MEMBERS_MAX, ByMembers))
    }
}

impl Kept {
    /// The conversation at `revision` or later.
    pub fn get(&self, id: ConversationId, revision: i64) -> Option<Arc<Conversation>> {
        self.0.get(&id).filter(|kept| kept.revision >= revision)
    }

    /// Keeps `conversation`, unless a later one is kept.
    pub fn put(&self, conversation: &Arc<Conversation>) {
        if self.get(conversation.id, conversation.revision).is_none() {
            self.0.insert(conversation.id, conversation.clone());
        }
    }
}
