//! `ConversationService.ListMembers`.

use std::collections::HashMap;

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, UserId};
use uuid::Uuid;

use crate::domain::{Marks, Member, READ_BY_MEMBERS_MAX};
use crate::error::Error;
use crate::service::MessageService;

/// A member, and how far they have come, if that is told.
pub struct Listed {
    pub member: Member,
    pub marks: Option<Marks>,
}

/// Returns a page of the members of `conversation`, in the order of their ids,
/// and the token of the next. The cursor is an id.
pub async fn list_members(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    page: Page<Uuid>,
) -> Result<(Vec<Listed>, String), Error> {
    let now = service.members.require_now(conversation, caller).await?.conversation;
    let marks: HashMap<UserId, Marks> = if now.members.len() <= READ_BY_MEMBERS_MAX {
        service.store.marks(conversation).await?.into_iter().collect()
    } else {
        HashMap::new()
    };
    let after = page.after.map(UserId::from_uuid);
    let begin = now.members.partition_point(|member| Some(member.user) <= after);
    let rest = &now.members[begin..];
    let members = &rest[..page.size.min(rest.len())];
    let next = match members.last() {
        Some(last) if members.len() < rest.len() => encode_token(&last.user.as_uuid()),
        _ => String::new(),
    };
    let listed = |member: &Member| Listed { member: *member, marks: marks.get(&member.user).copied() };
    Ok((members.iter().map(listed).collect(), next))
}
