//! What auth says about two people: whether there is somebody, and whether one
//! of them has blocked the other.
//!
//! # Invariants
//!
//! * Who writes within [`FRESH_TIME`] of an answer waits for nobody.
//! * Talks go on while auth is away: what it said last holds, and if it has said
//!   nothing yet, nobody is blocked.
//! * A talk begins only when auth has said that it may.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use confab_core::{Clock, ConversationId, Timestamp, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::Channel;
use quick_cache::sync::Cache;
use tokio::time::timeout;
use tonic::{Response, Status};

use crate::domain::direct_id;
use crate::error::Error;

/// How long auth may take to answer. Whoever wants to say something waits.
pub const ASK_TIMEOUT: Duration = Duration::from_millis(500);

/// How long an answer holds without asking again, and so how long a block may
/// take until it is heeded. The contract of auth names it too.
const FRESH_TIME: Duration = Duration::from_secs(5);
/// How long auth is left alone after it did not answer, so that it costs one
/// person time, and not everybody.
const SILENCE_TIME: Duration = Duration::from_secs(2);
/// How often something is asked, if auth does not answer the first time.
const TRIES_MAX: usize = 2;
/// Of how many conversations the answer is remembered: some 10 MB.
const ANSWERS_MAX: usize = 100_000;

type Client = UserDirectoryServiceClient<Channel>;

/// Knows who may talk with whom. Clones share what they know.
#[derive(Clone)]
pub struct Contacts {
    users: Client,
    clock: Arc<dyn Clock>,
    ask_timeout: Duration,
    answers: Arc<Cache<ConversationId, Answer>>,
    /// When auth last did not answer, in milliseconds since 1970.
    silent: Arc<AtomicI64>,
}

/// What auth said about the two of a direct conversation.
#[derive(Clone, Copy, Debug)]
struct Answer {
    blocked: bool,
    given: Timestamp,
}

impl Contacts {
    /// Asks the auth service behind `users`, and waits for `ask_timeout` at a time.
    pub fn new(users: Client, clock: Arc<dyn Clock>, ask_timeout: Duration) -> Self {
        let (answers, silent) = (Arc::new(Cache::new(ANSWERS_MAX)), Arc::new(AtomicI64::new(i64::MIN)));
        Self { users, clock, ask_timeout, answers, silent }
    }

    /// Makes sure that `caller` may begin to talk with `other`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchUser`] if there is nobody, and in the same way if one of
    /// the two has blocked the other; [`Error::Auth`] if auth does not answer.
    pub async fn require_openable(&self, caller: UserId, other: UserId) -> Result<(), Error> {
        // Both at once, whatever the first says: the time tells nothing either.
        let exists = self.ask(|mut users| async move {
            let (user_ids, caller_id) = (vec![other.to_string()], caller.to_string());
            let request = internal::FilterUsersRequest { user_ids, caller_id };
            users.filter_users(request).await
        });
        let (known, blocked) = tokio::try_join!(exists, self.ask_blocked(caller, other))
            .map_err(|status| Error::Auth(status.into()))?;
        if known.user_ids.is_empty() || blocked {
            Err(Error::NoSuchUser { field: "user_id", user: other })
        } else {
            Ok(())
        }
    }

    /// Makes sure that `caller` may bring all of `people`, whom the field
    /// `field` of a request names, into a group.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchUser`] with the first who does not exist, and in the same
    /// way with one who is kept apart from `caller`; [`Error::Auth`] if auth does
    /// not answer.
    pub async fn require_known(
        &self,
        caller: UserId,
        field: &'static str,
        people: &[UserId],
    ) -> Result<(), Error> {
        if people.is_empty() {
            return Ok(());
        }
        let user_ids = people.iter().map(UserId::to_string).collect();
        let request = &internal::FilterUsersRequest { user_ids, caller_id: caller.to_string() };
        let known = self.ask(|mut users| async move { users.filter_users(request.clone()).await });
        let known = known.await.map_err(|status| Error::Auth(status.into()))?.user_ids;
        let known: HashSet<String> = known.into_iter().collect();
        match people.iter().find(|user| !known.contains(&user.to_string())) {
            Some(user) => Err(Error::NoSuchUser { field, user: *user }),
            None => Ok(()),
        }
    }

    /// Makes sure that `caller` may go on to talk with `other` in their
    /// `conversation`.
    ///
    /// # Errors
    ///
    /// [`Error::NotReceiving`] if one of the two has blocked the other.
    pub async fn require_writable(&self, caller: UserId, other: UserId) -> Result<(), Error> {
        let conversation = direct_id(caller, other);
        let kept = self.answers.get(&conversation);
        let blocked = match kept {
            Some(answer) if self.is_within(FRESH_TIME, answer.given) => answer.blocked,
            _ => self.blocked_or(kept, caller, other).await,
        };
        if blocked { Err(Error::NotReceiving { conversation }) } else { Ok(()) }
    }

    /// Asks auth, or goes by what it said before, however long ago.
    async fn blocked_or(&self, kept: Option<Answer>, caller: UserId, other: UserId) -> bool {
        let kept = kept.is_some_and(|answer| answer.blocked);
        if self.is_within(SILENCE_TIME, Timestamp::from_millis(self.silent.load(Ordering::Relaxed))) {
            return kept;
        }
        match self.ask_blocked(caller, other).await {
            Ok(blocked) => blocked,
            Err(status) => {
                tracing::warn!(error = &status as &dyn std::error::Error, "auth is away; talks go on");
                kept
            }
        }
    }

    /// Asks auth whether one of the two has blocked the other, and remembers the answer.
    async fn ask_blocked(&self, caller: UserId, other: UserId) -> Result<bool, Status> {
        let (user_id, other_id) = (caller.to_string(), other.to_string());
        let request = internal::CheckContactRequest { user_id, other_id };
        let ask = |mut users: Client| {
            let request = request.clone();
            async move { users.check_contact(request).await }
        };
        let blocked = self.ask(ask).await?.blocked;
        self.answers.insert(direct_id(caller, other), Answer { blocked, given: self.clock.now() });
        Ok(blocked)
    }

    async fn ask<T, Asking>(&self, ask: impl Fn(Client) -> Asking) -> Result<T, Status>
    where
        Asking: Future<Output = Result<Response<T>, Status>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = timeout(self.ask_timeout, ask(self.users.clone())).await;
            let status = match answer {
                Ok(Ok(response)) => return Ok(response.into_inner()),
                Ok(Err(status)) => status,
                Err(late) => Status::from_error(late.into()),
            };
            if tries >= TRIES_MAX {
                self.silent.store(self.clock.now().as_millis(), Ordering::Relaxed);
                return Err(status);
            }
        }
    }

    /// Tells whether `then` was at most `time` ago. What is still to come was
    /// not: the clock was set back, and nobody knows.
    fn is_within(&self, time: Duration, then: Timestamp) -> bool {
        let now = self.clock.now();
        then <= now && now.since(then) < time
    }
}

#[cfg(test)]
mod tests;
