//! `ConversationService.OpenDirectConversation`.

use confab_core::{ConversationId, UserId};
use confab_proto::internal::v1::FilterUsersRequest;

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
    // Auth is asked only about people one has never talked to, so that talks
    // go on while it is away.
    let conversation = domain::direct_id(caller, other);
    if service.store.conversation(conversation, 0).await?.is_none() {
        require_user(service, other).await?;
        let opened = Conversation::direct(caller, other, service.clock.now());
        service.store.open_direct(opened).await?;
    }
    Ok(conversation)
}

async fn require_user(service: &MessageService, user: UserId) -> Result<(), Error> {
    let request = FilterUsersRequest { user_ids: vec![user.to_string()] };
    let known = service.clients.users.clone().filter_users(request).await;
    let known = known.map_err(|status| Error::Auth(status.into()))?.into_inner().user_ids;
    if known.is_empty() { Err(Error::NoSuchUser { user }) } else { Ok(()) }
}
