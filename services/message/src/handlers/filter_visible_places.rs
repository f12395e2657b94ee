//! `PlaceService.FilterVisiblePlaces`.

use confab_core::{ConversationId, UserId};

use crate::domain::{Event, EventKind, Holder};
use crate::error::Error;
use crate::service::MessageService;

/// Tells which of `holders` somebody may see now, by their place in the list.
/// What nobody has here is seen by nobody.
pub async fn filter_visible_places(
    service: &MessageService,
    user: UserId,
    holders: Vec<Option<Holder>>,
) -> Result<Vec<usize>, Error> {
    let mut visible = Vec::new();
    for (index, holder) in holders.into_iter().enumerate() {
        if let Some(holder) = holder
            && is_visible(service, user, holder).await?
        {
            visible.push(index);
        }
    }
    Ok(visible)
}

async fn is_visible(service: &MessageService, user: UserId, holder: Holder) -> Result<bool, Error> {
    let seen = match holder {
        Holder::Message { conversation, sender, client } => {
            match service.store.find_by_client(conversation, sender, client).await? {
                Some(event) if is_said(&event) => sees(service, conversation, user, event).await,
                _ => Ok(false),
            }
        }
        Holder::Group(group) => service.members.require_now(group, user).await.map(|_| true),
    };
    match seen {
        Err(Error::NoSuchConversation { .. }) => Ok(false),
        seen => seen,
    }
}

/// Whether `event` is a message that was not deleted.
fn is_said(event: &Event) -> bool {
    matches!(event.kind, EventKind::MessageSent(Some(_)))
}

async fn sees(
    service: &MessageService,
    conversation: ConversationId,
    user: UserId,
    event: Event,
) -> Result<bool, Error> {
    // As it is now: whoever was removed sees nothing, however old it is.
    let membership = service.members.require_now(conversation, user).await?;
    Ok(!service.members.visible(membership, vec![event]).await?.is_empty())
}
