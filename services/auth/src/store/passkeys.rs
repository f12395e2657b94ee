//! What is kept of passkeys, and of what they were asked to sign.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Ceremony, CredentialId, DeviceName, Passkey, PasskeyId, Purpose, SecretHash};

/// How adding a passkey went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Yes,
    /// Nothing is stored: the person has [`Passkey::PER_USER_MAX`].
    TooMany,
    /// Nothing is stored: somebody has a passkey that calls itself so.
    Taken,
}

/// Keeps passkeys. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait PasskeyStore: Send + Sync {
    /// Stores a new passkey. Of several that call themselves the same, also at the
    /// same time and on several nodes, one is stored.
    ///
    /// With several calls for one person at once, on several nodes, as many may
    /// get in above the limit: it keeps lists short, no more.
    async fn insert(&self, passkey: &Passkey) -> Result<Added, StoreError>;

    /// Returns the passkeys of `user`, the first one first.
    async fn list(&self, user: UserId) -> Result<Vec<Passkey>, StoreError>;

    /// Returns the passkey that calls itself so.
    async fn find_by_credential(&self, credential: &CredentialId) -> Result<Option<Passkey>, StoreError>;

    /// Notes that the passkey `id` was used at `now`, and what it said. Returns
    /// whether it did: not if it counts, and has counted as far before.
    async fn note_use(
        &self,
        id: PasskeyId,
        counter: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the passkey `id` of `user` another name, and returns whether there is one.
    async fn rename(&self, user: UserId, id: PasskeyId, name: &DeviceName) -> Result<bool, StoreError>;

    /// Removes the passkey `id` of `user`. That there is none is no error.
    async fn delete(&self, user: UserId, id: PasskeyId) -> Result<(), StoreError>;
}

/// Keeps what passkeys were asked to sign. Every implementation passes the tests
/// in `contract.rs`.
#[async_trait]
pub trait CeremonyStore: Send + Sync {
    /// Stores what a passkey was asked to sign.
    async fn insert(&self, ceremony: &Ceremony) -> Result<(), StoreError>;

    /// Returns and removes what was asked for `purpose` with this hash, if it is
    /// good at `now`. Of several calls, also at the same time and on several
    /// nodes, one gets it.
    async fn take(
        &self,
        hash: SecretHash,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<Ceremony>, StoreError>;
}
