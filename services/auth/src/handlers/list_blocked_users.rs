//! `UserService.ListBlockedUsers`.

use std::collections::HashMap;

use confab_core::UserId;
use confab_core::page::Page;
use confab_rpc::Caller;

use super::require_session;
use crate::domain::{Block, BlockCursor, User};
use crate::error::Error;
use crate::service::AuthService;

/// A page of blocked people.
#[derive(Debug)]
pub struct BlockList {
    /// The blocks, each with whom it is about, unless their account is gone.
    pub blocks: Vec<(Block, Option<User>)>,
    /// Where the next page begins, if there is one.
    pub next: Option<BlockCursor>,
}

/// Returns a page of the people whom `caller` has blocked.
pub async fn list_blocked_users(
    service: &AuthService,
    caller: Caller,
    page: Page<BlockCursor>,
) -> Result<BlockList, Error> {
    require_session(service, caller).await?;
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let mut blocks = service.stores.blocks.list(caller.user, Page { size: size + 1, ..page }).await?;
    let has_more = blocks.len() > size;
    blocks.truncate(size);
    let next = if has_more { blocks.last().map(BlockCursor::after) } else { None };

    let ids: Vec<UserId> = blocks.iter().map(|block| block.blocked).collect();
    let people = service.stores.users.find_many(&ids).await?;
    let mut people: HashMap<UserId, User> = people.into_iter().map(|user| (user.id, user)).collect();
    let blocks = blocks.into_iter().map(|block| (block, people.remove(&block.blocked)));
    Ok(BlockList { blocks: blocks.collect(), next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{bob, caller, join, test_service};

    #[tokio::test]
    async fn there_is_a_next_page_only_if_somebody_is_on_it() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        let gone = UserId::new(session.created);
        for blocked in [gone, bob.id] {
            service.stores.blocks.insert(ada.user.id, blocked, service.clock.now()).await.unwrap();
        }

        let all = Page { size: 2, after: None };
        let all = list_blocked_users(&service, caller(&session), all).await.unwrap();
        assert_eq!((all.blocks.len(), all.next), (2, None));
        for (block, user) in &all.blocks {
            let expected = (block.blocked == bob.id).then(|| bob.clone());
            assert_eq!(*user, expected, "an account that is gone is still named by its id");
        }

        let first = Page { size: 1, after: None };
        let first = list_blocked_users(&service, caller(&session), first).await.unwrap();
        assert_eq!(first.blocks, all.blocks[..1]);
        let second = Page { size: 1, after: first.next };
        let second = list_blocked_users(&service, caller(&session), second).await.unwrap();
        assert_eq!((second.blocks.as_slice(), second.next), (&all.blocks[1..], None));
    }
}
