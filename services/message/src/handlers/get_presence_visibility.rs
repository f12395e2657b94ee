//! `LiveService.GetPresenceVisibility`.

use confab_core::UserId;

use crate::error::Error;
use crate::service::MessageService;
use crate::store::Visibility;

/// Returns whether others see when `caller` is online.
pub async fn get_presence_visibility(service: &MessageService, caller: UserId) -> Result<Visibility, Error> {
    let kept = service.people.people(&[caller]).await?;
    Ok(kept.first().map(|(_, person)| person.visibility).unwrap_or_default())
}
