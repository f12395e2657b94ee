//! `ConversationService.MarkRead`.

use confab_core::{ConversationId, UserId};

use super::mark_delivered::require_there;
use crate::domain::{Advance, Head, Mark};
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
    let membership = service.members.require(conversation, caller).await?;
    require_there(service, conversation, seq).await?;
    let advance = Advance { conversation, member: caller, read: seq, delivered: 0 };
    let marks = service.marker.advance(advance).await?.ok_or(Error::NoSuchConversation { conversation })?;
    service.mark_news.tell(&membership.conversation, caller, marks);
    let head = service.store.head(conversation).await?;
    Ok(ReadSoFar { read: marks.read, head })
}
