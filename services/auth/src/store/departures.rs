//! What is kept of people who are gone.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::Departure;

/// How deleting an account went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departed {
    /// It is gone, now or since earlier.
    Yes,
    /// Nothing has changed: without this person there would be no active admin.
    LastAdmin,
    /// There was never anybody.
    NoSuchUser,
}

/// Keeps who is gone, for good, and what is to be erased of them. Every
/// implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait DepartureStore: Send + Sync {
    /// Takes the account of `departure` away, and keeps that it is gone. What is
    /// kept of an earlier call stays as it is.
    ///
    /// # Errors
    ///
    /// After any, some of it may be done; the retry does the rest.
    async fn depart(&self, departure: &Departure) -> Result<Departed, StoreError>;

    /// Erases everything that auth keeps of `user` beside sessions, the audit log,
    /// and that they are gone. Can be done again.
    async fn erase_own(&self, user: UserId) -> Result<(), StoreError>;

    /// Returns those of `ids` whose accounts are gone, each once, in any order.
    async fn find_departed(&self, ids: &[UserId]) -> Result<Vec<UserId>, StoreError>;

    /// Returns somebody with whom it is to go on at `now`, as
    /// [`Departure::claimed`], and stores it so. Nobody else is given them until
    /// that time is over.
    async fn claim_departure(&self, now: Timestamp) -> Result<Option<Departure>, StoreError>;

    /// Stores how far `departure` has come.
    async fn update_departure(&self, departure: &Departure) -> Result<(), StoreError>;

    /// Returns up to `limit` of those of whom something is left, those with whom it
    /// is to go on next first, and how many there are.
    async fn list_unfinished(&self, limit: usize) -> Result<(Vec<Departure>, usize), StoreError>;
}
