//! What is kept of log-ins with others.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Attempt, Identity, IdentityId, ProviderId, SecretHash};

/// How linking an identity went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It is linked.
    Yes,
    /// Nothing is stored: it is somebody's already.
    Taken,
    /// Nothing is stored: the person has [`Identity::PER_USER_MAX`].
    TooMany,
}

/// Keeps who people are elsewhere. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// Stores an identity. Of several for one subject of a provider, also at the
    /// same time and on several nodes, one is stored.
    async fn link(&self, identity: &Identity) -> Result<Linked, StoreError>;

    /// Returns the identity of `subject` at `provider`.
    async fn find_identity(
        &self,
        provider: &ProviderId,
        subject: &str,
    ) -> Result<Option<Identity>, StoreError>;

    /// Returns the identities of `user`, the first one first.
    async fn list_identities(&self, user: UserId) -> Result<Vec<Identity>, StoreError>;

    /// Removes the identity `id` of `user`. That there is none is no error.
    async fn unlink(&self, user: UserId, id: IdentityId) -> Result<(), StoreError>;

    /// Stores that somebody was sent to a provider.
    async fn begin_attempt(&self, attempt: &Attempt) -> Result<(), StoreError>;

    /// Returns and removes the attempt that `state` recognises, if it is good at
    /// `now`. Of several calls, also at the same time and on several nodes, one
    /// gets it.
    async fn take_attempt(&self, state: SecretHash, now: Timestamp) -> Result<Option<Attempt>, StoreError>;
}
