//! `PushService.GetPushSubscription`.

use confab_core::SessionId;

use crate::domain::Device;
use crate::error::Error;
use crate::service::MessageService;

/// Returns where and how the device of `session` is told, if it is.
pub async fn get_push_subscription(
    service: &MessageService,
    session: SessionId,
) -> Result<Option<Device>, Error> {
    Ok(service.pushes.device(session).await?)
}
