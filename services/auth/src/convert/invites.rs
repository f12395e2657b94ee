//! Invitations on the wire.

use std::time::Duration;

use confab_proto::auth::v1;

use super::field;
use crate::domain::{Invitation, Invite, InviteId, InviteWish};
use crate::error::Error;

/// For how many days an invitation is good if nobody says.
const VALID_DAYS: u32 = 7;

impl From<v1::CreateInviteRequest> for InviteWish {
    fn from(request: v1::CreateInviteRequest) -> Self {
        // The contract has seen to it that both are positive.
        let positive = |value: Option<i32>, default| value.map_or(default, i32::unsigned_abs);
        let days = positive(request.valid_days, VALID_DAYS);
        Self {
            uses_max: positive(request.max_use_count, 1),
            lifetime: Duration::from_hours(24 * u64::from(days)),
        }
    }
}

/// The invitation that a request names.
pub fn invite_id(request: &v1::RevokeInviteRequest) -> Result<InviteId, Error> {
    field("invite_id", request.invite_id.parse())
}

impl From<Invitation> for v1::CreateInviteResponse {
    fn from(invitation: Invitation) -> Self {
        let code = String::clone(&invitation.code.expose());
        Self { invite: Some(invitation.invite.into()), code }
    }
}

impl From<Invite> for v1::Invite {
    fn from(invite: Invite) -> Self {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            invite_id: invite.id.to_string(),
            create_time: Some(invite.created.into()),
            expire_time: Some(invite.expires.into()),
            use_count: count(invite.uses),
            max_use_count: count(invite.uses_max),
        }
    }
}
