//! What the auth service keeps: people, their sessions and devices, whom they have
//! blocked or invited, their second factors and passkeys, tries of passwords, letters, the
//! public keys, and what happened.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{SessionId, Timestamp, UserId};
use confab_db::{Database, OpenError, StoreError};

use crate::domain::{
    Account, AddressPrefix, Block, BlockCursor, ContactPolicy, Email, NamePrefix, PasswordHash,
    ProfileChange, PublishedKey, Revocation, SecretHash, Session, User, UserCursor,
};

pub use accounts::{AccountStore, Changed};
pub use audit::AuditStore;
pub use departures::{Departed, DepartureStore};
pub use factors::{ChallengeStore, FactorStore};
pub use identities::{IdentityStore, Linked};
pub use invites::{InviteStore, Invited};
pub use letters::{LetterStore, Posted};
pub use passkeys::{Added, CeremonyStore, PasskeyStore};
pub use tries::{DeviceStore, GuessStore};

use embedded::EmbeddedStore;
use mongo::MongoStore;

mod accounts;
mod audit;
mod departures;
mod documents;
mod embedded;
mod factors;
mod identities;
mod invites;
mod letters;
mod mongo;
mod passkeys;
mod tries;

#[cfg(test)]
mod contract;

/// All that the service keeps, in whichever database.
#[derive(Clone)]
pub struct Stores {
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) accounts: Arc<dyn AccountStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) blocks: Arc<dyn BlockStore>,
    pub(crate) guesses: Arc<dyn GuessStore>,
    pub(crate) devices: Arc<dyn DeviceStore>,
    pub(crate) invites: Arc<dyn InviteStore>,
    pub(crate) letters: Arc<dyn LetterStore>,
    pub(crate) factors: Arc<dyn FactorStore>,
    pub(crate) challenges: Arc<dyn ChallengeStore>,
    pub(crate) passkeys: Arc<dyn PasskeyStore>,
    pub(crate) ceremonies: Arc<dyn CeremonyStore>,
    pub(crate) identities: Arc<dyn IdentityStore>,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) audit: Arc<dyn AuditStore>,
    pub(crate) departures: Arc<dyn DepartureStore>,
    all: Arc<dyn Store>,
}

impl Stores {
    /// Opens what the service keeps in `database`.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Embedded { folder } => Ok(Self::of(EmbeddedStore::open(&folder.join("auth.db"))?)),
            Database::MongoDb(server) => Ok(Self::of(MongoStore::open(server.database("auth")).await?)),
        }
    }

    /// The same for a command that an operator gives, also while a server runs.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open_beside(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Embedded { folder } => {
                Ok(Self::of(EmbeddedStore::open_beside(&folder.join("auth.db"))?))
            }
            Database::MongoDb(_) => Self::open(database).await,
        }
    }

    /// Waits until nothing can be stored any more, and says why. The program
    /// should then end. With most databases that never happens.
    pub async fn failed(&self) -> String {
        self.all.failed().await
    }

    /// Finishes what is under way, and lets go of the database.
    pub async fn close(&self) {
        self.all.close().await;
    }

    fn of(store: impl Store + 'static) -> Self {
        let store = Arc::new(store);
        Self {
            users: store.clone(),
            accounts: store.clone(),
            sessions: store.clone(),
            blocks: store.clone(),
            guesses: store.clone(),
            devices: store.clone(),
            invites: store.clone(),
            letters: store.clone(),
            factors: store.clone(),
            challenges: store.clone(),
            passkeys: store.clone(),
            ceremonies: store.clone(),
            identities: store.clone(),
            keys: store.clone(),
            audit: store.clone(),
            departures: store.clone(),
            all: store,
        }
    }
}

/// One database, with all that the service keeps in it.
#[async_trait]
pub trait Store:
    UserStore
    + AccountStore
    + SessionStore
    + BlockStore
    + GuessStore
    + DeviceStore
    + InviteStore
    + LetterStore
    + FactorStore
    + ChallengeStore
    + PasskeyStore
    + CeremonyStore
    + IdentityStore
    + KeyStore
    + AuditStore
    + DepartureStore
{
    /// Waits until the database has failed for good, and returns why.
    async fn failed(&self) -> String;

    /// Finishes what is under way, and lets go of the database.
    async fn close(&self);
}

/// How storing a new account went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored.
    Yes,
    /// Nothing is stored: another account has the e-mail address.
    EmailTaken,
}

/// How giving somebody another address went, if the database did its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is theirs.
    Yes {
        /// The one they had.
        old: Email,
    },
    /// Nothing has changed: another account has the address.
    EmailTaken,
    /// There is nobody.
    NoSuchUser,
}

/// Keeps people. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// Stores a new account and what its password hashes to.
    ///
    /// Of several for one e-mail address, also at the same time and on several
    /// nodes, exactly one is stored.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] the account may or may not be stored.
    async fn insert(&self, account: &Account, password: &PasswordHash) -> Result<Inserted, StoreError>;

    /// Returns the account that is logged in to with `email`, and what its
    /// password hashes to.
    async fn find_by_email(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError>;

    /// Returns the account of `id`, and what its password hashes to.
    async fn find_to_log_in(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError>;

    /// Returns the account of `id`.
    async fn find(&self, id: UserId) -> Result<Option<Account>, StoreError>;

    /// Returns those of `ids` that belong to people, each once, in any order.
    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// Returns the people on `page` whose name, or a word of it, begins with
    /// `prefix`, by folded name and then by id, without those who are disabled.
    ///
    /// Somebody who keeps their name while the pages are read is on exactly one
    /// of them.
    async fn list(&self, prefix: &NamePrefix, page: Page<UserCursor>) -> Result<Vec<User>, StoreError>;

    /// Returns who may contact those of `ids` that belong to people, each once,
    /// in any order. Those who are disabled may be contacted by nobody.
    async fn contact_policies(&self, ids: &[UserId]) -> Result<Vec<(UserId, ContactPolicy)>, StoreError>;

    /// Sets who may contact `id`. That there is nobody is no error.
    async fn set_contact_policy(&self, id: UserId, policy: ContactPolicy) -> Result<(), StoreError>;

    /// Makes `change` to the profile of `id`, and returns the account as it is
    /// then; `None` if there is nobody.
    async fn update_profile(
        &self,
        id: UserId,
        change: &ProfileChange,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError>;

    /// Notes that `email` was proved at `now` to be `id`'s, if it is their
    /// address, and returns whether it is. Once noted, the time stays.
    async fn verify_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives `id` the address `email`, which was proved at `now` to be theirs.
    async fn change_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<Moved, StoreError>;

    /// Replaces what `id`'s password hashes to, whatever it is, and returns whether
    /// there is such a person.
    async fn overwrite_password(&self, id: UserId, new: &PasswordHash) -> Result<bool, StoreError>;

    /// Replaces what `id`'s password hashes to, if it is still `old`, and returns
    /// whether it was. If not, somebody has changed the password meanwhile, and
    /// nothing is done.
    async fn replace_password(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError>;
}

/// How many sessions a person can have: devices, with a lot to spare.
pub const SESSIONS_PER_USER_MAX: usize = 100;

/// Keeps sessions. Every implementation passes the tests in `contract.rs`.
///
/// Sessions that have expired are not found, and are removed in time.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session. If that makes more than [`SESSIONS_PER_USER_MAX`]
    /// for the person, the oldest ones are ended.
    async fn insert(&self, session: &Session) -> Result<(), StoreError>;

    /// Returns the session `id`, unless it has ended by `now`.
    async fn find(&self, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Returns those of the sessions `ids` that have not ended by `now`, in any order.
    async fn filter_live(&self, ids: &[SessionId], now: Timestamp) -> Result<Vec<SessionId>, StoreError>;

    /// Returns the session whose secret has this hash, unless it has ended by `now`.
    async fn find_by_secret(&self, secret: SecretHash, now: Timestamp)
    -> Result<Option<Session>, StoreError>;

    /// Returns the sessions of `user` that have not ended by `now`, the latest first.
    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Stores the rotation, the last use and the end of `session`, if the token
    /// it awaits in the store is that with the hash `used`. Returns whether it was.
    ///
    /// Of several for one token, also at the same time and on several nodes, at
    /// most one is stored.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not be stored.
    async fn turn(&self, session: &Session, used: SecretHash) -> Result<bool, StoreError>;

    /// Notes that the session `id` was used at `now`, from `address`. That there
    /// is none any more is no error.
    async fn touch(
        &self,
        id: SessionId,
        address: Option<AddressPrefix>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Notes that the owner of the session `id` has proved at `now` that it is
    /// still them, and returns whether there is such a session.
    async fn confirm(&self, id: SessionId, now: Timestamp) -> Result<bool, StoreError>;

    /// Ends the session `id`. That there is none any more is no error.
    ///
    /// # Errors
    ///
    /// After any, it may be noted as ended and still be there; the retry ends it.
    async fn delete(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError>;

    /// Ends all sessions of `user` but `kept`.
    async fn delete_others(&self, user: UserId, kept: SessionId, now: Timestamp) -> Result<(), StoreError>;

    /// Returns the sessions that were ended, by this store's other methods, after
    /// `since` or then, the first one first, and not more than `limit` of them.
    /// Those that were ended [`Revocation::TOKEN_TIME_MAX`] ago may be left out.
    async fn ended_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Revocation>, StoreError>;
}

/// How blocking somebody went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// They are blocked, now or since earlier.
    Yes,
    /// Nothing is stored: [`Block::COUNT_MAX`] others are blocked already.
    TooMany,
}

/// Keeps who has blocked whom. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait BlockStore: Send + Sync {
    /// Has `owner` block `blocked`. If that is so already, nothing changes,
    /// neither the time.
    ///
    /// With several calls for one person at once, on several nodes, as many
    /// may get in above the limit: it keeps lists short, no more.
    async fn insert(&self, owner: UserId, blocked: UserId, now: Timestamp) -> Result<Blocked, StoreError>;

    /// Takes back what [`BlockStore::insert`] did. That there is nothing to take
    /// back is no error.
    async fn delete(&self, owner: UserId, blocked: UserId) -> Result<(), StoreError>;

    /// Returns those on `page` whom `owner` has blocked, the latest first.
    async fn list(&self, owner: UserId, page: Page<BlockCursor>) -> Result<Vec<Block>, StoreError>;

    /// Returns those of `others` whom `one` has blocked, or who have blocked `one`.
    async fn list_apart(&self, one: UserId, others: &[UserId]) -> Result<HashSet<UserId>, StoreError>;

    /// Tells whether either of the two has blocked the other.
    async fn stands_between(&self, one: UserId, other: UserId) -> Result<bool, StoreError> {
        Ok(!self.list_apart(one, &[other]).await?.is_empty())
    }
}

/// Keeps public keys. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Publishes `key`. It is stored once, however often this is called; it
    /// counts as used at `now`. Keys that were last used
    /// [`PublishedKey::UNUSED_TIME_MAX`] before that, or earlier, are removed, and
    /// so are those that were retired [`PublishedKey::RETIRED_TIME_MAX`] ago.
    async fn register(&self, key: &PublishedKey, now: Timestamp) -> Result<(), StoreError>;

    /// Notes that nothing is signed with the key `id` from `now` on. That it was
    /// noted before, or that there is no such key, is no error.
    async fn retire(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Returns the [`PublishedKey::COUNT_MAX`] keys that were registered last,
    /// the latest first, without those whose tokens have all expired by `now`.
    async fn list(&self, now: Timestamp) -> Result<Vec<PublishedKey>, StoreError>;
}

/// Keys that were registered last at this moment, or earlier, are not kept at `now`.
fn unused_since(now: Timestamp) -> Timestamp {
    before(now, PublishedKey::UNUSED_TIME_MAX)
}

/// Keys that were retired at this moment, or earlier, are not published at `now`.
fn retired_since(now: Timestamp) -> Timestamp {
    before(now, PublishedKey::RETIRED_TIME_MAX)
}

/// The moment this long before `now`.
fn before(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}
