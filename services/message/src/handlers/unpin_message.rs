//! `MessageService.UnpinMessage`.

use confab_core::UserId;

use super::act::change_message;
use crate::convert::Seen;
use crate::domain::{EventKind, Place};
use crate::error::Error;
use crate::service::MessageService;

/// Takes the pin of a message away, for everybody.
pub async fn unpin_message(service: &MessageService, caller: UserId, place: Place) -> Result<Seen, Error> {
    change_message(service, caller, place, EventKind::MessageUnpinned { target: place.seq }).await
}
