//! `PushService.DeletePushSubscription`.

use confab_core::SessionId;

use crate::error::Error;
use crate::service::MessageService;

/// Has the device of `session` told no more.
pub async fn delete_push_subscription(service: &MessageService, session: SessionId) -> Result<(), Error> {
    Ok(service.pushes.unsubscribe(session, None).await?)
}
