//! `ConversationService.MarkDelivered`.

use std::sync::Arc;

use confab_core::{ConversationId, UserId};
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::domain::{Advance, Conversation};
use crate::error::Error;
use crate::service::MessageService;

/// How many conversations are looked at at the same time.
const LOOKS_AT_ONCE: usize = 16;

/// A conversation, and the number of the newest event there that has come to
/// a device of somebody.
pub type Delivered = (ConversationId, i64);

/// Moves the delivered marks of `caller` forward, and returns where they are
/// now. Conversations that the caller is not in are left out.
pub async fn mark_delivered(
    service: &MessageService,
    caller: UserId,
    wanted: Vec<Delivered>,
) -> Result<Vec<Delivered>, Error> {
    // All of them before any is moved: what is refused changes nothing.
    let looks = stream::iter(wanted.into_iter().map(|delivered| look(service, caller, delivered)));
    let theirs: Vec<_> = looks.buffered(LOOKS_AT_ONCE).try_collect().await?;
    let moves = theirs.into_iter().flatten().map(|(conversation, seq)| async move {
        let advance = Advance { conversation: conversation.id, member: caller, read: 0, delivered: seq };
        let marks = service.marker.advance(advance).await?;
        if let Some(marks) = marks {
            service.mark_news.tell(&conversation, caller, marks);
        }
        Ok::<_, Error>(marks.map(|marks| (conversation.id, marks.delivered)))
    });
    Ok(try_join_all(moves).await?.into_iter().flatten().collect())
}

/// Returns the conversation, if `caller` is in it.
async fn look(
    service: &MessageService,
    caller: UserId,
    (conversation, seq): Delivered,
) -> Result<Option<(Arc<Conversation>, i64)>, Error> {
    match service.members.require(conversation, caller).await {
        Ok(membership) => {
            require_there(service, conversation, seq).await?;
            Ok(Some((membership.conversation, seq)))
        }
        Err(Error::NoSuchConversation { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Fails unless `conversation` has come as far as the event `seq`.
pub async fn require_there(
    service: &MessageService,
    conversation: ConversationId,
    seq: i64,
) -> Result<(), Error> {
    let head = service.store.head(conversation).await?;
    if seq > head.seq { Err(Error::AboveHead { seq }) } else { Ok(()) }
}
