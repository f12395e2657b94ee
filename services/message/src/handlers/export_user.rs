//! `internal.PersonalDataService.ExportUser`.

use std::sync::Arc;

use async_stream::try_stream;
use confab_core::{ConversationId, UserId};
use futures_util::Stream;

use crate::domain::{Conversation, Message};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::MessageStore;

/// How many conversations are looked for at once.
const CONVERSATIONS_AT_ONCE: usize = 500;
/// How many messages are read, and handed on, at once.
const MESSAGES_AT_ONCE: usize = 64;

/// Some of what is kept of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Conversations that they are in.
    Conversations(Vec<Arc<Conversation>>),
    /// Messages that they have written, as they look now.
    Messages(Vec<Message>),
}

/// Reads everything that is kept of `user`: first the conversations, then the
/// messages, also those in groups that they have left. There is a part of each,
/// if nothing is in it.
pub fn export_user(
    service: &MessageService,
    user: UserId,
) -> impl Stream<Item = Result<Part, Error>> + Send + 'static {
    let store = service.store.clone();
    try_stream! {
        let mut after = None;
        loop {
            let ids = store.list_ids(after, CONVERSATIONS_AT_ONCE).await?;
            yield Part::Conversations(those_with(&*store, user, &ids).await?);
            match ids.last() {
                Some(last) if ids.len() == CONVERSATIONS_AT_ONCE => after = Some(*last),
                _ => break,
            }
        }
        yield Part::Messages(Vec::new());
        after = None;
        loop {
            let ids = store.list_ids(after, CONVERSATIONS_AT_ONCE).await?;
            for &conversation in &ids {
                let mut seq = 0;
                while let Some(messages) = said_after(&*store, user, conversation, &mut seq).await? {
                    yield Part::Messages(messages);
                }
            }
            match ids.last() {
                Some(last) if ids.len() == CONVERSATIONS_AT_ONCE => after = Some(*last),
                _ => break,
            }
        }
    }
}

/// Those of the conversations `ids` that `user` is in.
async fn those_with(
    store: &dyn MessageStore,
    user: UserId,
    ids: &[ConversationId],
) -> Result<Vec<Arc<Conversation>>, Error> {
    let mut found = Vec::new();
    for &id in ids {
        let conversation = store.conversation(id, 0).await?;
        found.extend(conversation.filter(|conversation| conversation.member(user).is_some()));
    }
    Ok(found)
}

/// The next messages of `user` in `conversation` after the number `seq`, which
/// moves to the last of them; `None` if there are no more.
async fn said_after(
    store: &dyn MessageStore,
    user: UserId,
    conversation: ConversationId,
    seq: &mut i64,
) -> Result<Option<Vec<Message>>, Error> {
    let said = store.list_said(conversation, user, *seq, MESSAGES_AT_ONCE).await?;
    let Some(last) = said.last() else { return Ok(None) };
    *seq = *last;
    Ok(Some(store.find_messages(conversation, &said).await?))
}
