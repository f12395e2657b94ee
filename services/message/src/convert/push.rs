//! Pushes on the wire.

use confab_proto::message::v1;

use super::field;
use crate::domain::{Device, DeviceKeys, Outcome, Push, PushText};
use crate::error::Error;
use crate::handlers::WantedPush;
use crate::push::Outside;

/// Where and how a device wants to be told; which addresses are good is for the
/// way `outside` to say.
pub fn wanted_push(request: v1::SetPushSubscriptionRequest, outside: &Outside) -> Result<WantedPush, Error> {
    let endpoint = field("endpoint", outside.endpoint(&request.endpoint))?;
    let wrong = |_| "has another length";
    let p256dh = field("p256dh", request.p256dh.as_ref().try_into().map_err(wrong))?;
    let auth = field("auth", request.auth.as_ref().try_into().map_err(wrong))?;
    let text = if request.hide_text { PushText::Hidden } else { PushText::Shown };
    Ok(WantedPush { endpoint, keys: DeviceKeys { p256dh, auth }, text })
}

impl From<Device> for v1::PushSubscription {
    fn from(device: Device) -> Self {
        Self {
            endpoint: device.endpoint.as_str().to_owned(),
            hide_text: device.text == PushText::Hidden,
            create_time: Some(device.created.into()),
        }
    }
}

impl From<Push> for v1::Push {
    fn from(push: Push) -> Self {
        Self {
            push_id: push.id.to_string(),
            session_id: push.session.to_string(),
            conversation_id: push.conversation.to_string(),
            seq: push.seq,
            message_count: push.messages,
            create_time: Some(push.created.into()),
            outcome: v1::PushOutcome::from(push.outcome).into(),
            try_count: push.tries,
            status: push.status.into(),
            decide_time: Some(push.decided.into()),
        }
    }
}

impl From<Outcome> for v1::PushOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Waiting => Self::Waiting,
            Outcome::Sent => Self::Sent,
            Outcome::Muted => Self::Muted,
            Outcome::Archived => Self::Archived,
            Outcome::Read => Self::Read,
            Outcome::Open => Self::Open,
            Outcome::Blocked => Self::Blocked,
            Outcome::Gone => Self::Gone,
            Outcome::Ended => Self::Ended,
            Outcome::Expired => Self::Expired,
            Outcome::Refused => Self::Refused,
            Outcome::Failed => Self::Failed,
            Outcome::Forbidden => Self::Forbidden,
        }
    }
}
