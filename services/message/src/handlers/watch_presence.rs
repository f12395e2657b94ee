//! `LiveService.WatchPresence`.

use confab_core::{StreamId, UserId};
use confab_proto::message::v1;

use crate::error::Error;
use crate::service::MessageService;

/// Returns who of `users` is online; changes follow on `stream`.
pub async fn watch_presence(
    service: &MessageService,
    caller: UserId,
    stream: StreamId,
    users: &[UserId],
) -> Result<Vec<v1::Presence>, Error> {
    Ok(service.hub.presence.watch(caller, stream, users).await?)
}
