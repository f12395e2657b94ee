//! `MessageService.PinMessage`.

use confab_core::UserId;

use super::act::change_message;
use crate::convert::Seen;
use crate::domain::{EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Pins a message for everybody.
pub async fn pin_message(service: &MessageService, caller: UserId, place: Place) -> Result<Seen, Error> {
    change_message(service, caller, place, EventKind::MessagePinned { target: place.seq }).await
}
