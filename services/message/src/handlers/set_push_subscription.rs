//! `PushService.SetPushSubscription`.

use confab_rpc::Caller;

use crate::domain::{Device, DeviceKeys, Endpoint, PushText};
use crate::error::Error;
use crate::push::can_seal;
use crate::service::MessageService;

/// Where a device wants to be told, and how.
pub struct WantedPush {
    pub endpoint: Endpoint,
    pub keys: DeviceKeys,
    pub text: PushText,
}

/// Has the device of the caller's session told of messages.
pub async fn set_push_subscription(
    service: &MessageService,
    caller: Caller,
    wanted: WantedPush,
) -> Result<(), Error> {
    if !service.pusher.outside().is_on() {
        return Err(Error::PushOff);
    }
    let WantedPush { endpoint, keys, text } = wanted;
    if !can_seal(&keys) {
        return Err(Error::invalid("p256dh", "is no point of P-256"));
    }
    let (session, user, created) = (caller.session, caller.user, service.clock.now());
    let device = Device { session, user, endpoint, keys, text, created };
    service.pushes.subscribe(&device).await?;
    service.pusher.anybody.came();
    Ok(())
}
