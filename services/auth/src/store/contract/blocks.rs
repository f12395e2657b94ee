//! What every [`BlockStore`](crate::store::BlockStore) promises.

use confab_core::UserId;
use confab_core::page::Page;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Block, BlockCursor};
use crate::store::{BlockStore, Blocked};

fn somebody() -> UserId {
    UserId::new(NOW)
}

/// Reads the list page by page, as clients do.
async fn list_all(blocks: &dyn BlockStore, owner: UserId, size: usize) -> Vec<Block> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = blocks.list(owner, Page { size, after }).await.unwrap();
        assert!(page.len() <= size);
        all.extend_from_slice(&page);
        match page.last() {
            Some(last) => after = Some(BlockCursor::after(last)),
            None => return all,
        }
    }
}

#[tokio::test]
async fn a_block_stands_between_two_in_both_directions() {
    for TestStore { name, stores, .. } in &every_store("blocks_both").await {
        let (ada, bob, eve) = (somebody(), somebody(), somebody());
        assert_eq!(stores.blocks.insert(ada, bob, NOW).await.unwrap(), Blocked::Yes, "{name}");
        for (one, other, expected) in
            [(ada, bob, true), (bob, ada, true), (ada, eve, false), (eve, bob, false), (ada, ada, false)]
        {
            assert_eq!(stores.blocks.stands_between(one, other).await.unwrap(), expected, "{name}");
        }
        stores.blocks.insert(eve, ada, NOW).await.unwrap();
        let apart = stores.blocks.list_apart(ada, &[somebody(), bob, eve, ada, bob]).await.unwrap();
        assert_eq!(apart, [bob, eve].into(), "{name}");
        assert_eq!(stores.blocks.list_apart(ada, &[]).await.unwrap(), [].into(), "{name}");
    }
}

#[tokio::test]
async fn blocking_again_changes_nothing() {
    for TestStore { name, stores, .. } in &every_store("blocks_again").await {
        let (ada, bob) = (somebody(), somebody());
        for second in 0..3 {
            assert_eq!(stores.blocks.insert(ada, bob, later(second)).await.unwrap(), Blocked::Yes, "{name}");
        }
        let expected = [Block { blocked: bob, created: NOW }];
        assert_eq!(list_all(&*stores.blocks, ada, 10).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_block_taken_back_is_gone_and_that_of_the_other_remains() {
    for TestStore { name, stores, .. } in &every_store("blocks_back").await {
        let (ada, bob) = (somebody(), somebody());
        stores.blocks.insert(ada, bob, NOW).await.unwrap();
        stores.blocks.insert(bob, ada, NOW).await.unwrap();

        for _ in 0..2 {
            stores.blocks.delete(ada, bob).await.unwrap();
            assert_eq!(list_all(&*stores.blocks, ada, 10).await, [], "{name}");
            assert!(stores.blocks.stands_between(ada, bob).await.unwrap(), "{name}");
        }
        stores.blocks.delete(bob, ada).await.unwrap();
        assert!(!stores.blocks.stands_between(ada, bob).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn pages_are_complete_and_the_latest_comes_first() {
    for TestStore { name, stores, .. } in &every_store("blocks_pages").await {
        let (ada, bob) = (somebody(), somebody());
        let mut expected = Vec::new();
        // Some at the same time.
        for second in [1, 2, 2, 2, 3, 3, 4] {
            let block = Block { blocked: somebody(), created: later(second) };
            stores.blocks.insert(ada, block.blocked, block.created).await.unwrap();
            expected.push(block);
        }
        stores.blocks.insert(bob, ada, NOW).await.unwrap();
        expected.sort_by_key(|block| std::cmp::Reverse((block.created, block.blocked)));

        for size in [1, 2, 3, 7, 8, 100] {
            assert_eq!(list_all(&*stores.blocks, ada, size).await, expected, "{name}, pages of {size}");
        }
        assert_eq!(list_all(&*stores.blocks, somebody(), 10).await, [], "{name}");
    }
}

#[tokio::test]
async fn a_person_can_block_so_many_and_no_more() {
    for TestStore { name, stores, .. } in &every_store("blocks_many").await {
        let (ada, first, one_more) = (somebody(), somebody(), somebody());
        stores.blocks.insert(ada, first, NOW).await.unwrap();
        for _ in 1..Block::COUNT_MAX {
            assert_eq!(stores.blocks.insert(ada, somebody(), NOW).await.unwrap(), Blocked::Yes, "{name}");
        }
        assert_eq!(stores.blocks.insert(ada, one_more, NOW).await.unwrap(), Blocked::TooMany, "{name}");
        assert!(!stores.blocks.stands_between(ada, one_more).await.unwrap(), "{name}");
        // Who is blocked already stays so, and others have lists of their own.
        assert_eq!(stores.blocks.insert(ada, first, NOW).await.unwrap(), Blocked::Yes, "{name}");
        assert_eq!(stores.blocks.insert(one_more, ada, NOW).await.unwrap(), Blocked::Yes, "{name}");

        stores.blocks.delete(ada, first).await.unwrap();
        assert_eq!(stores.blocks.insert(ada, one_more, NOW).await.unwrap(), Blocked::Yes, "{name}");
    }
}
