//! What is kept of second factors, and of those who have yet to show one.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Challenge, Factors, SecretHash, Totp, TotpSecret};

/// Keeps what people have beside the password. Every implementation passes the
/// tests in `contract.rs`.
#[async_trait]
pub trait FactorStore: Send + Sync {
    /// Returns what `user` has.
    async fn find(&self, user: UserId) -> Result<Factors, StoreError>;

    /// Returns the app of `user`, also if it has not shown a code yet.
    async fn find_totp(&self, user: UserId) -> Result<Option<Totp>, StoreError>;

    /// Keeps a secret for the app of `user`, in the place of one that has not
    /// shown a code yet. Returns whether it did: not if there is one that has.
    async fn begin_totp(&self, user: UserId, secret: &TotpSecret, now: Timestamp)
    -> Result<bool, StoreError>;

    /// Makes the app of `user` that knows `secret`, and has shown the code of
    /// `step`, a factor. Returns whether it did: not if there is another one, or
    /// if it is one already.
    async fn enable_totp(&self, user: UserId, secret: &TotpSecret, step: i64) -> Result<bool, StoreError>;

    /// Uses the code of `step` of the app of `user` up, and all before it. Returns
    /// whether it did. Of several calls for one step, also at the same time and on
    /// several nodes, one succeeds.
    async fn use_totp(&self, user: UserId, step: i64) -> Result<bool, StoreError>;

    /// Forgets the app of `user`. That there is none is no error.
    async fn remove_totp(&self, user: UserId) -> Result<(), StoreError>;

    /// Gives `user` the codes with these hashes on paper, in the place of all they had.
    async fn replace_recovery_codes(&self, user: UserId, hashes: &[SecretHash]) -> Result<(), StoreError>;

    /// Uses the code of `user` with this hash up, and returns whether there was
    /// one. Of several calls, also at the same time and on several nodes, one
    /// gets it.
    async fn take_recovery_code(&self, user: UserId, hash: SecretHash) -> Result<bool, StoreError>;
}

/// Keeps challenges until they are met. Every implementation passes the tests in
/// `contract.rs`.
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// Stores a new challenge. If that makes more than
    /// [`Challenge::PER_USER_MAX`] for the person, those go that end the first.
    async fn insert(&self, challenge: &Challenge) -> Result<(), StoreError>;

    /// Returns the challenge with this hash, if it is good at `now` and was tried
    /// less than [`Challenge::TRIES_MAX`] times, and counts one more try.
    async fn count_try(&self, hash: SecretHash, now: Timestamp) -> Result<Option<Challenge>, StoreError>;

    /// Removes the challenge with this hash, and returns whether it was there. Of
    /// several calls, also at the same time and on several nodes, one gets it.
    async fn take(&self, hash: SecretHash) -> Result<bool, StoreError>;
}
