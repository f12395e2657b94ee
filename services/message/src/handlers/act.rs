//! Making something happen in a conversation.

use confab_core::ConversationId;

use crate::domain::{Draft, Event, Refusal};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::Appended;

/// Something that is as its actor wants it.
pub enum Done {
    /// By this event, stored now.
    Now(Event),
    /// By this event, which an earlier request had stored.
    Before(Event),
    /// It was so before; there is no event for it.
    Already,
}

/// Makes what `draft` wants happen in `conversation`.
pub async fn append(
    service: &MessageService,
    conversation: ConversationId,
    draft: Draft,
) -> Result<Done, Error> {
    match service.appender.append(conversation, draft).await? {
        Appended::Stored(event) => Ok(Done::Now(event)),
        Appended::Replayed(event) => Ok(Done::Before(event)),
        Appended::Unchanged => Ok(Done::Already),
        Appended::Conflict { original_seq } => Err(Error::ClientIdTaken { conversation, original_seq }),
        Appended::Refused(Refusal::NotIn) => Err(Error::NoSuchConversation { conversation }),
        Appended::Refused(refusal) => Err(Error::Refused(refusal)),
    }
}
