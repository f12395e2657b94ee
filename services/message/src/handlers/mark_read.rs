//! `ConversationService.MarkRead`.

use confab_core::{ConversationId, UserId};

use crate::domain::{Head, Mark};
use crate::error::Error;
use crate::service::MessageService;

/// How far somebody has read, and how far there is to read.
pub struct ReadSoFar {
    pub read: Mark,
    pub head: Head,
}

/// Moves the read mark of `caller` forward to the event `seq`.
pub async fn mark_read(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    seq: i64,
) -> Result<ReadSoFar, Error> {
    service.members.require(conversation, caller).await?;
    let read = service.store.mark_read(conversation, caller, seq).await?;
    let read = read.ok_or(Error::AboveHead { seq })?;
    let head = service.store.head(conversation).await?;
    Ok(ReadSoFar { read, head })
}
