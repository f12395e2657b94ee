//! What is kept against those who try passwords.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{GuessKey, Guesses, SecretHash};

/// Counts tries of passwords. Every implementation passes the tests in `contract.rs`.
///
/// What has expired may still be found for a while.
#[async_trait]
pub trait GuessStore: Send + Sync {
    /// Returns the tries that are counted for `key`.
    async fn find(&self, key: GuessKey) -> Result<Option<Guesses>, StoreError>;

    /// Has `after` count for `key` in the place of `before`, if that is what
    /// counts now, and returns whether it was. `None` is no tries at all.
    ///
    /// Of several for one `before`, also at the same time and on several nodes,
    /// at most one succeeds.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not be stored.
    async fn replace(
        &self,
        key: GuessKey,
        before: Option<Guesses>,
        after: Option<Guesses>,
    ) -> Result<bool, StoreError>;

    /// Forgets all tries for `key`. That there are none is no error.
    async fn clear(&self, key: GuessKey) -> Result<(), StoreError>;
}

/// Keeps which devices people have logged in on. Every implementation passes the
/// tests in `contract.rs`.
#[async_trait]
pub trait DeviceStore: Send + Sync {
    /// Tells whether `user` has logged in on `device`.
    async fn knows(&self, user: UserId, device: SecretHash) -> Result<bool, StoreError>;

    /// Notes that `user` has logged in on `device` at `now`. If that makes more
    /// than [`PER_USER_MAX`](crate::domain::DeviceSecret::PER_USER_MAX), those
    /// go that were used the longest ago.
    async fn keep(&self, user: UserId, device: SecretHash, now: Timestamp) -> Result<(), StoreError>;
}
