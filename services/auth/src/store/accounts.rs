//! What admins ask of the people that are kept.

use async_trait::async_trait;
use confab_core::UserId;
use confab_core::page::Page;
use confab_db::StoreError;

use crate::domain::{Account, AccountFilter, AccountState, Role, UserCursor};

/// How a change of an account went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is as it was wanted.
    Yes,
    /// It was so before.
    Already,
    /// Nothing has changed: without this person there would be no active admin.
    LastAdmin,
    /// There is nobody.
    NoSuchUser,
}

/// Shows and changes accounts. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Returns the accounts on `page` that `filter` lets through, by folded name
    /// and then by id.
    async fn list(&self, filter: &AccountFilter, page: Page<UserCursor>) -> Result<Vec<Account>, StoreError>;

    /// Puts the account of `id` into `state`.
    ///
    /// Of several calls at once, also on several nodes, some may be refused that
    /// could be granted one after the other, but there is always an active admin
    /// left if there was one.
    async fn set_state(&self, id: UserId, state: AccountState) -> Result<Changed, StoreError>;

    /// Gives `id` another role, with the same promise.
    async fn set_role(&self, id: UserId, role: Role) -> Result<Changed, StoreError>;
}
