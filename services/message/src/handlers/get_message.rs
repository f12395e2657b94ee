//! `MessageService.GetMessage`.

use confab_core::UserId;

use crate::convert::Seen;
use crate::domain::{Place, Refusal};
use crate::error::Error;
use crate::service::MessageService;

/// Returns a message as it looks now to `caller`.
pub async fn get_message(service: &MessageService, caller: UserId, place: Place) -> Result<Seen, Error> {
    let membership = service.members.require_now(place.conversation, caller).await?;
    let conversation = membership.conversation.clone();
    let found = service.store.find_messages(place.conversation, &[place.seq]).await?;
    let message = service.members.visible(membership, found).await?.pop();
    let message = message.ok_or(Error::Refused(Refusal::NoSuchMessage(place.seq)))?;
    Ok(Seen::new(message, caller, &conversation))
}
