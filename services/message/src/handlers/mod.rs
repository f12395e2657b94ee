//! What each RPC does; one file for each.

mod list_conversations;
mod list_events;
mod list_messages;
mod mark_read;
mod open_direct_conversation;
mod send_message;

pub use list_conversations::list_conversations;
pub use list_events::list_events;
pub use list_messages::list_messages;
pub use mark_read::{ReadSoFar, mark_read};
pub use open_direct_conversation::open_direct_conversation;
pub use send_message::{Sent, send_message};

use confab_core::{ConversationId, UserId};

use crate::error::Error;
use crate::service::MessageService;

/// Fails unless `user` is in `conversation`, in the same way whether it exists or not.
async fn require_member(
    service: &MessageService,
    conversation: ConversationId,
    user: UserId,
) -> Result<(), Error> {
    let members = service.members.of(conversation).await?;
    if members.contains(&user) { Ok(()) } else { Err(Error::NoSuchConversation { conversation }) }
}
