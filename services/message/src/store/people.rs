//! What is kept about people, beside their conversations.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

/// What is kept about somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub visibility: Visibility,
    /// When they were last online; `None` if never.
    pub last_seen: Option<Timestamp>,
}

/// Whether others see when somebody is online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    #[default]
    Shown,
    Hidden,
}

/// Keeps what is known about people. Every implementation passes the tests in `contract/people.rs`.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// Returns those of `users` who are in a conversation with `user` now.
    async fn acquaintances(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError>;

    /// Returns those of `users` who are in a group with `user` now.
    async fn group_mates(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError>;

    /// Returns what is kept about `users`; about whom nothing is kept is left out.
    async fn people(&self, users: &[UserId]) -> Result<Vec<(UserId, Person)>, StoreError>;

    /// Keeps when people were last online. It never moves back.
    async fn saw(&self, seen: &[(UserId, Timestamp)]) -> Result<(), StoreError>;

    /// Forgets what is kept about `user`. That nothing is, is no error.
    async fn forget(&self, user: UserId) -> Result<(), StoreError>;

    /// Keeps whether others see when `user` is online.
    async fn show(&self, user: UserId, visibility: Visibility) -> Result<(), StoreError>;
}
