//! `MessageService.DeleteMessage`.

use confab_core::UserId;

use super::act::change_message;
use super::attach::let_go_of;
use crate::convert::Seen;
use crate::domain::{EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Deletes a message, and returns what is left of it.
pub async fn delete_message(service: &MessageService, caller: UserId, place: Place) -> Result<Seen, Error> {
    let before = service.store.find_messages(place.conversation, &[place.seq]).await?.pop();
    let kind = EventKind::MessageDeleted { target: place.seq };
    let deleted = change_message(service, caller, place, kind).await?;
    // Of one that was deleted before, nobody knows any more whether it had something.
    if let Some(before) = before {
        let_go_of(service, &before).await;
    }
    Ok(deleted)
}
