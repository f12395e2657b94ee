//! How far a socket has come in each conversation, and between whom that is.

use std::collections::HashMap;

use confab_proto::message::v1::{
    Conversation, ConversationKind, GetConversationRequest, KnownHead, ListConversationsRequest,
};
use tonic::{Code, Status};

use super::asker::Asker;

/// How many conversations are followed: as many as a subscription takes.
const CONVERSATIONS_MAX: usize = 1_000;
/// How many of them are listed at once.
const PAGE_SIZE: i32 = 100;
/// How many people one may ask about whether they are online.
const WATCHED_MAX: usize = 200;

/// What is known of the conversations of somebody.
pub struct Heads {
    me: String,
    known: HashMap<String, Head>,
}

/// One conversation.
struct Head {
    seq: i64,
    /// The other one of two; nobody in a group, of which the app knows nothing.
    other: Option<String>,
}

impl Heads {
    /// What there is now: all of it is known.
    pub async fn list(asker: &Asker, me: &str) -> Result<Self, Status> {
        let mut heads = Self { me: me.to_owned(), known: HashMap::new() };
        for conversation in conversations(asker, CONVERSATIONS_MAX).await? {
            heads.insert(conversation);
        }
        Ok(heads)
    }

    /// As a subscription states them.
    pub fn to_known(&self) -> Vec<KnownHead> {
        let known = self.known.iter();
        known.map(|(id, head)| KnownHead { conversation_id: id.clone(), seq: head.seq }).collect()
    }

    /// The newest event known of `conversation`, if any is.
    pub fn seq(&self, conversation: &str) -> Option<i64> {
        self.known.get(conversation).map(|head| head.seq)
    }

    /// The other person in `conversation`, if it is one of two.
    pub fn other(&self, conversation: &str) -> Option<&str> {
        self.known.get(conversation)?.other.as_deref()
    }

    /// Takes note that `seq` is known.
    pub fn advance(&mut self, conversation: &str, seq: i64) {
        if let Some(head) = self.known.get_mut(conversation) {
            head.seq = head.seq.max(seq);
        }
    }

    /// Forgets `conversation`.
    pub fn forget(&mut self, conversation: &str) {
        self.known.remove(conversation);
    }

    /// Takes note of a conversation that was not known, of which nothing after `seq` is.
    pub async fn learn(&mut self, asker: &Asker, conversation: &str, seq: i64) -> Result<(), Status> {
        let request = GetConversationRequest { conversation_id: conversation.to_owned() };
        let found = match asker.conversations().get_conversation(request).await {
            Ok(answer) => answer.into_inner().conversation,
            // It was left, or is gone, since.
            Err(status) if status.code() == Code::NotFound => None,
            Err(status) => return Err(status),
        };
        if self.known.len() >= CONVERSATIONS_MAX {
            let oldest = self.known.iter().min_by_key(|(_, head)| head.other.is_some());
            if let Some(id) = oldest.map(|(id, _)| id.clone()) {
                self.known.remove(&id);
            }
        }
        if let Some(found) = found {
            self.insert(Conversation { head_seq: seq, ..found });
        }
        Ok(())
    }

    fn insert(&mut self, conversation: Conversation) {
        let is_direct = conversation.kind == i32::from(ConversationKind::Direct);
        let other = is_direct.then(|| self.other_of(&conversation)).flatten();
        self.known.insert(conversation.conversation_id, Head { seq: conversation.head_seq, other });
    }

    fn other_of(&self, conversation: &Conversation) -> Option<String> {
        conversation.member_ids.iter().find(|member| **member != self.me).cloned()
    }
}

/// Those with whom `me` talks alone, the latest first: those whom one may see online.
pub async fn people(asker: &Asker, me: &str) -> Result<Vec<String>, Status> {
    let conversations = conversations(asker, WATCHED_MAX).await?;
    let direct = conversations.into_iter().filter(|one| one.kind == i32::from(ConversationKind::Direct));
    let others = direct.filter_map(|one| one.member_ids.into_iter().find(|member| member != me));
    Ok(others.take(WATCHED_MAX).collect())
}

/// The latest `max` conversations of whoever asks.
async fn conversations(asker: &Asker, max: usize) -> Result<Vec<Conversation>, Status> {
    let mut conversations = Vec::new();
    // Those that were put away get messages, too.
    for archived in [false, true] {
        let mut page_token = String::new();
        while conversations.len() < max {
            let request = ListConversationsRequest { page_size: Some(PAGE_SIZE), page_token, archived };
            let page = asker.conversations().list_conversations(request).await?.into_inner();
            conversations.extend(page.conversations);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
    }
    conversations.truncate(max);
    Ok(conversations)
}
