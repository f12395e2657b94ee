//! What is kept of letters, and of the codes in them.

use async_trait::async_trait;
use confab_core::Timestamp;
use confab_db::StoreError;

use crate::domain::{Letter, LetterKind, MailCode, PasswordHash, SecretHash};

/// How putting a letter into the store went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It is there, or one that says the same is, or was sent a moment ago.
    Yes,
    /// Nothing is stored: as many others wait as may.
    Full,
}

/// Keeps letters until they are sent, and codes until they are used. Every
/// implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait LetterStore: Send + Sync {
    /// Stores `letter`, unless there is one with its key, or there are `waiting_max` others.
    ///
    /// With several calls at once, on several nodes, as many may get in above
    /// the limit.
    async fn post(&self, letter: &Letter, waiting_max: usize) -> Result<Posted, StoreError>;

    /// Returns a letter to be sent at `now`, as [`Letter::tried`], and stores it
    /// so. Nobody else is given it until that time is over.
    ///
    /// Letters that were sent, and have had their time, are removed on the way.
    async fn claim(&self, now: Timestamp) -> Result<Option<Letter>, StoreError>;

    /// Returns up to `limit` letters that wait to be sent, those that are to be
    /// tried next first, and how many there are.
    async fn list_unsent(&self, limit: usize) -> Result<(Vec<Letter>, usize), StoreError>;

    /// Stores what became of `letter`, if it is still there.
    async fn update(&self, letter: &Letter) -> Result<(), StoreError>;

    /// Removes the letter with `key`. That there is none is no error.
    async fn delete(&self, key: SecretHash) -> Result<(), StoreError>;

    /// Stores a code. It takes the place of the one that its person had of its kind.
    async fn keep_code(&self, code: &MailCode) -> Result<(), StoreError>;

    /// Returns the code of `kind` with this hash, if it is good at `now`.
    async fn find_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError>;

    /// Returns and removes the code of `kind` with this hash, if it is good at
    /// `now`. Of several calls, also at the same time and on several nodes, one
    /// gets it.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may be gone.
    async fn take_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError>;

    /// Uses the code of [`LetterKind::ResetPassword`] with this hash: whoever it
    /// was sent to has the password that hashes to `new`, and the code is good for
    /// nothing, both or neither. Returns the code, if it is good at `now` and they
    /// still have the address that it was sent to. Of several calls, also at the
    /// same time and on several nodes, one gets it.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may be done.
    async fn reset_password(
        &self,
        hash: SecretHash,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError>;
}
