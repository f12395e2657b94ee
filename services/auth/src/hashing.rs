//! Where passwords are hashed, so that nobody else has to wait for it.

use std::sync::Arc;
use std::thread::available_parallelism;

use confab_rpc::measure::Inside;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::domain::{Email, InvalidPassword, Name, Password, PasswordHash};
use crate::error::Error;

/// Passwords that are hashed now, or wait for it.
pub const HASHES_WAITING: &str = "confab_hashes_waiting";

/// Hashes passwords on threads of their own: all cores but one, so that
/// messages keep flowing while everybody logs in, or somebody pretends to.
///
/// A bounded number of others may wait for a turn. The next one is turned away
/// at once, which costs less than letting it wait for an answer that comes when
/// the client has given up.
pub struct Hasher {
    cost: u32,
    /// One for each hash that is under way or waiting.
    places: Arc<Semaphore>,
    /// One for each hash that is under way.
    turns: Arc<Semaphore>,
    nobody: PasswordHash,
}

impl Hasher {
    /// Hashes at `cost`, with room for `queue` to wait.
    #[must_use]
    pub fn new(cost: u32, queue: u32) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self::with_turns(cost, queue as usize, cores.saturating_sub(1).max(1))
    }

    fn with_turns(cost: u32, queue: usize, turns: usize) -> Self {
        let places = Arc::new(Semaphore::new(turns + queue));
        let turns = Arc::new(Semaphore::new(turns));
        Self { cost, places, turns, nobody: PasswordHash::of_nobody(cost) }
    }

    /// One with no room for anybody.
    #[cfg(test)]
    pub fn full() -> Self {
        Self::with_turns(4, 0, 0)
    }

    /// The cost that passwords are hashed at now.
    #[must_use]
    pub fn cost(&self) -> u32 {
        self.cost
    }

    /// Hashes a password that the owner of `email`, called `name`, wants to have;
    /// it stands in `field` of the request.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it is no good, [`Error::Busy`] if there is no room.
    pub async fn hash_new(
        &self,
        field: &'static str,
        password: Password,
        email: Email,
        name: Name,
    ) -> Result<PasswordHash, Error> {
        let cost = self.cost;
        let checked = move || -> Result<_, InvalidPassword> {
            password.check(&email, &name)?;
            Ok(PasswordHash::new(&password, cost))
        };
        let hash = self.take_turn(checked).await?;
        let hash = hash.map_err(|problem| Error::Invalid { field, problem: problem.to_string() })?;
        Ok(hash?)
    }

    /// Hashes a password that has proved to be the right one.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if there is no room.
    pub async fn hash_again(&self, password: Password) -> Result<PasswordHash, Error> {
        let cost = self.cost;
        Ok(self.take_turn(move || PasswordHash::new(&password, cost)).await??)
    }

    /// Tells whether `password` is the one that `hash` was made from.
    ///
    /// `None` is the hash of an account that does not exist: it is never right,
    /// and finding that out takes as long as with one that does, whatever the
    /// cost was when that was made.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if there is no room.
    pub async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<bool, Error> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let cost = self.cost;
        let matches = self.take_turn(move || hash.verify(&password, cost)).await??;
        Ok(matches && exists)
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _inside = Inside::new(HASHES_WAITING);
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Error::Busy)?;
        let worked = spawn_blocking(move || {
            let done = job();
            // Given back here and not by the request, which may be gone: what
            // it started is still computing.
            drop((turn, place));
            done
        });
        Ok(worked.await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const COST: u32 = 4;

    fn some_password() -> Password {
        Password::claimed("correct horse battery")
    }

    #[tokio::test]
    async fn a_hashed_password_is_recognised() {
        let hasher = Hasher::new(COST, 1);
        let email = Email::new("ada@example.com").unwrap();
        let hash =
            hasher.hash_new("password", some_password(), email, Name::new("Ada").unwrap()).await.unwrap();
        assert!(hasher.verify(some_password(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(Password::claimed("wrong horse"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(some_password(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_bad_password_is_refused_with_the_name_of_its_field() {
        let email = Email::new("ada@example.com").unwrap();
        let (hasher, name) = (Hasher::new(COST, 1), Name::new("Ada").unwrap());
        let refused = hasher.hash_new("password", Password::claimed("password"), email, name).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "password", .. })));
    }

    #[tokio::test]
    async fn one_too_many_is_turned_away_at_once() {
        let hasher = Arc::new(Hasher::with_turns(COST, 1, 1));
        let (go, gate) = mpsc::channel::<()>();
        let block = |gate: mpsc::Receiver<()>| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.take_turn(move || gate.recv().is_ok()).await })
        };
        let busy = block(gate);
        let (go_next, next_gate) = mpsc::channel();
        let waiting = block(next_gate);
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }

        assert!(matches!(hasher.verify(some_password(), None).await, Err(Error::Busy)));

        go.send(()).unwrap();
        go_next.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        assert!(waiting.await.unwrap().unwrap());
        assert!(hasher.verify(some_password(), None).await.is_ok());
    }

    #[tokio::test]
    async fn a_request_that_is_gone_keeps_its_turn_while_it_computes() {
        let hasher = Arc::new(Hasher::with_turns(COST, 1, 1));
        let (go, gate) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let request = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move { hasher.take_turn(move || (started.send(()), gate.recv())).await }
        });
        has_started.await.unwrap();
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());

        assert_eq!(hasher.turns.available_permits(), 0);
        go.send(()).unwrap();
        assert!(hasher.verify(some_password(), None).await.is_ok());
    }
}
