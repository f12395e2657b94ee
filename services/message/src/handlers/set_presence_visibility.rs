//! `LiveService.SetPresenceVisibility`.

use confab_core::UserId;

use crate::error::Error;
use crate::service::MessageService;
use crate::store::Visibility;

/// Lets others see when `caller` is online, or not. Those who watch now see it at once.
pub async fn set_presence_visibility(
    service: &MessageService,
    caller: UserId,
    visibility: Visibility,
) -> Result<(), Error> {
    service.people.show(caller, visibility).await?;
    service.hub.presence.tell_about(caller).await;
    Ok(())
}
