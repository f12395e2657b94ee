//! `ConversationService.OpenDirectConversation`.

use confab_core::{ConversationId, UserId};

use crate::domain::{self, Conversation, Overview};
use crate::error::Error;
use crate::service::MessageService;

/// Returns the conversation of `caller` with `other`, and makes it if there is none yet.
pub async fn open_direct_conversation(
    service: &MessageService,
    caller: UserId,
    other: UserId,
) -> Result<Overview, Error> {
    let conversation = open_direct(service, caller, other).await?;
    let overview = service.store.overview(conversation, caller).await?;
    overview.ok_or(Error::NoSuchConversation { conversation })
}

/// The same, for whoever needs only its id.
pub async fn open_direct(
    service: &MessageService,
    caller: UserId,
    other: UserId,
) -> Result<ConversationId, Error> {
    if caller == other {
        return Err(Error::Oneself);
    }
    // Auth is asked only about people one has never talked to: what was said
    // can be read while it is away, and whoever has blocked whom.
    let conversation = domain::direct_id(caller, other);
    if service.store.conversation(conversation, 0).await?.is_none() {
        service.contacts.require_openable(caller, other).await?;
        let opened = Conversation::direct(caller, other, service.clock.now());
        service.store.open_direct(opened).await?;
    }
    Ok(conversation)
}
