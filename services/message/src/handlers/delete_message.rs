//! `MessageService.DeleteMessage`.

use confab_core::UserId;

use super::act::change_message;
use crate::convert::Seen;
use crate::domain::{EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Deletes a message, and returns what is left of it.
pub async fn delete_message(service: &MessageService, caller: UserId, place: Place) -> Result<Seen, Error> {
    change_message(service, caller, place, EventKind::MessageDeleted { target: place.seq }).await
}
