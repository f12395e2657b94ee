//! `internal.PersonalDataService.EraseUser`.

use std::cmp::Reverse;

use confab_core::{ConversationId, UserId};
use futures_util::future::try_join_all;

use super::act;
use crate::domain::{Draft, EventKind, Member, Role};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::Appended;

/// How many conversations are looked at in one call.
const CONVERSATIONS_MAX: usize = 500;
/// How many messages are erased in one call: some seconds' worth.
const MESSAGES_MAX: usize = 2_000;
/// How many of them at once: as many as go out in one write.
const BATCH_MAX: usize = 256;

/// How far somebody is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Nothing of them is left in conversations up to this one.
    pub through: Option<ConversationId>,
    /// Nor anywhere else.
    pub done: bool,
}

/// Erases some of what `user` has said, behind the conversation `through`, and
/// takes them out of their groups.
///
/// Like everything else that happens to messages it is done by events, so that
/// whoever has a copy hears of it, on every node.
pub async fn erase_user(
    service: &MessageService,
    user: UserId,
    through: Option<ConversationId>,
) -> Result<Erased, Error> {
    let conversations = service.store.list_ids(through, CONVERSATIONS_MAX).await?;
    let done = conversations.len() < CONVERSATIONS_MAX;
    let (mut through, mut left) = (through, MESSAGES_MAX);
    for conversation in conversations {
        left = erase_words(service, user, conversation, left).await?;
        if left == 0 {
            return Ok(Erased { through, done: false });
        }
        leave(service, user, conversation).await?;
        through = Some(conversation);
    }
    if done {
        service.people.forget(user).await?;
        service.pushes.forget(user).await?;
    }
    Ok(Erased { through, done })
}

/// Erases what `user` has said in `conversation`, some `left` messages at the
/// most, and returns how many more could have been.
async fn erase_words(
    service: &MessageService,
    user: UserId,
    conversation: ConversationId,
    mut left: usize,
) -> Result<usize, Error> {
    while left > 0 {
        let said = service.store.list_said(conversation, user, 0, BATCH_MAX.min(left)).await?;
        if said.is_empty() {
            break;
        }
        left -= said.len();
        let delete = |target| {
            let kind = EventKind::MessageDeleted { target };
            service.appender.append(conversation, Draft { actor: user, client: None, kind })
        };
        let outcomes = try_join_all(said.into_iter().map(delete)).await?;
        // What is deleted and still there is what a crash left undone: that is
        // finished in its own time, and not by asking again and again.
        if !outcomes.iter().any(|outcome| matches!(outcome, Appended::Stored(_))) {
            return Err(Error::Unsettled);
        }
    }
    Ok(left)
}

/// Takes `user` out of `conversation` if that is a group, and sees to it that
/// those who stay have an owner.
async fn leave(service: &MessageService, user: UserId, conversation: ConversationId) -> Result<(), Error> {
    let head = service.store.head(conversation).await?;
    let Some(group) = service.store.conversation(conversation, head.revision).await? else { return Ok(()) };
    let Some(leaving) = group.member(user).filter(|_| group.is_group()) else { return Ok(()) };
    let others: Vec<&Member> = group.members.iter().filter(|member| member.user != user).collect();
    let is_owned = others.iter().any(|member| member.role == Role::Owner);
    // Whoever leads already, or else whoever has been there the longest.
    let heir = others.iter().max_by_key(|member| (member.role, Reverse(member.since), Reverse(member.user)));
    if let Some(heir) = heir
        && leaving.role == Role::Owner
        && !is_owned
    {
        let kind = EventKind::RoleChanged { member: heir.user, role: Role::Owner };
        act::append(service, conversation, Draft { actor: user, client: None, kind }).await?;
    }
    let kind = EventKind::MemberLeft { member: user };
    act::append(service, conversation, Draft { actor: user, client: None, kind }).await.map(drop)
}
