//! `ConversationService.SetMemberRole`.

use confab_core::{ConversationId, UserId};

use super::act::change_group;
use crate::domain::{EventKind, Overview, Role};
use crate::error::Error;
use crate::service::MessageService;

/// Makes `member` of a group what `role` says.
pub async fn set_member_role(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    member: UserId,
    role: Role,
) -> Result<Overview, Error> {
    change_group(service, caller, conversation, EventKind::RoleChanged { member, role }).await
}
