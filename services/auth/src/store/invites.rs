//! What is kept of invitations.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Invite, InviteId, SecretHash};

/// How storing an invitation went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It is stored.
    Yes,
    /// Nothing is stored: the person has [`Invite::PER_USER_MAX`] others.
    TooMany,
}

/// Keeps invitations. Every implementation passes the tests in `contract.rs`.
///
/// Those that nobody can use any more are removed in time.
#[async_trait]
pub trait InviteStore: Send + Sync {
    /// Stores a new invitation.
    ///
    /// With several calls for one person at once, on several nodes, as many may
    /// get in above the limit: it keeps lists short, no more.
    async fn insert(&self, invite: &Invite) -> Result<Invited, StoreError>;

    /// Returns the invitations of `creator` that can be used at `now`, the latest first.
    async fn list(&self, creator: UserId, now: Timestamp) -> Result<Vec<Invite>, StoreError>;

    /// Returns the invitation whose code has this hash, whether or not it can be used.
    async fn find(&self, code: SecretHash) -> Result<Option<Invite>, StoreError>;

    /// Uses the invitation whose code has this hash at `now`, and returns whether
    /// it could be used. However many call at once, on however many nodes, it is
    /// used as often as it may be.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not have been used.
    async fn take(&self, code: SecretHash, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes back what [`InviteStore::take`] did.
    async fn give_back(&self, code: SecretHash) -> Result<(), StoreError>;

    /// Removes the invitation `id`, if it is one of `creator`'s.
    async fn delete(&self, creator: UserId, id: InviteId) -> Result<(), StoreError>;
}
