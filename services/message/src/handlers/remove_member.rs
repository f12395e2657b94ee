//! `ConversationService.RemoveMember`.

use confab_core::{ConversationId, UserId};

use super::act::change_group;
use crate::domain::{EventKind, Overview};
use crate::error::Error;
use crate::service::MessageService;

/// Takes `member` out of a group.
pub async fn remove_member(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    member: UserId,
) -> Result<Overview, Error> {
    if member == caller {
        return Err(Error::Oneself);
    }
    change_group(service, caller, conversation, EventKind::MemberLeft { member }).await
}
