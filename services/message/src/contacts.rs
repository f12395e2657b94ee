//! What auth says about two people: whether there is somebody, and whether the
//! one may talk to the other. Some hear only from those who are in a group with
//! them: that is known here, and not to auth.
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

use confab_core::{Clock, Timestamp, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::Channel;
use quick_cache::sync::Cache;
use tokio::time::timeout;
use tonic::{Response, Status};

use crate::domain::direct_id;
use crate::error::Error;
use crate::store::PeopleStore;

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
/// Of how many pairs of people the answer is remembered: some 10 MB.
const ANSWERS_MAX: usize = 100_000;

type Client = UserDirectoryServiceClient<Channel>;

/// Knows who may talk with whom. Clones share what they know.
#[derive(Clone)]
pub struct Contacts {
    users: Client,
    people: Arc<dyn PeopleStore>,
    clock: Arc<dyn Clock>,
    ask_timeout: Duration,
    answers: Arc<Cache<(UserId, UserId), Answer>>,
    /// When auth last did not answer, in milliseconds since 1970.
    silent: Arc<AtomicI64>,
}

/// What was said about somebody who wants to talk to somebody.
#[derive(Clone, Copy, Debug)]
struct Answer {
    blocked: bool,
    given: Timestamp,
}

impl Contacts {
    /// Asks the auth service behind `users`, and waits for `ask_timeout` at a time.
    pub fn new(
        users: Client,
        people: Arc<dyn PeopleStore>,
        clock: Arc<dyn Clock>,
        ask_timeout: Duration,
    ) -> Self {
        let (answers, silent) = (Arc::new(Cache::new(ANSWERS_MAX)), Arc::new(AtomicI64::new(i64::MIN)));
        Self { users, people, clock, ask_timeout, answers, silent }
    }

    /// Makes sure that `caller` may begin to talk with `other`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchUser`] if there is nobody, and in the same way if one of
    /// the two has blocked the other, or does not let the caller in;
    /// [`Error::Auth`] if auth does not answer.
    pub async fn require_openable(&self, caller: UserId, other: UserId) -> Result<(), Error> {
        // Both at once, whatever the first says: the time tells nothing either.
        let others = [other];
        let (known, blocked) =
            tokio::try_join!(self.ask_known(caller, &others), self.ask_blocked(caller, other))?;
        if known.is_empty() || blocked {
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
        let known = self.ask_known(caller, people).await?;
        match people.iter().find(|user| !known.contains(user)) {
            Some(user) => Err(Error::NoSuchUser { field, user: *user }),
            None => Ok(()),
        }
    }

    /// Makes sure that `caller` may go on to talk with `other` in their
    /// `conversation`.
    ///
    /// # Errors
    ///
    /// [`Error::NotReceiving`] if one of the two has blocked the other, or does
    /// not let the caller in.
    pub async fn require_writable(&self, caller: UserId, other: UserId) -> Result<(), Error> {
        let kept = self.answers.get(&(caller, other));
        let blocked = match kept {
            Some(answer) if self.is_within(FRESH_TIME, answer.given) => answer.blocked,
            _ => self.blocked_or(kept, caller, other).await,
        };
        if blocked { Err(Error::NotReceiving { conversation: direct_id(caller, other) }) } else { Ok(()) }
    }

    /// Asks auth, or goes by what it said before, however long ago.
    async fn blocked_or(&self, kept: Option<Answer>, caller: UserId, other: UserId) -> bool {
        let kept = kept.is_some_and(|answer| answer.blocked);
        if self.is_within(SILENCE_TIME, Timestamp::from_millis(self.silent.load(Ordering::Relaxed))) {
            return kept;
        }
        match self.ask_blocked(caller, other).await {
            Ok(blocked) => blocked,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "auth is away; talks go on");
                kept
            }
        }
    }

    /// Asks auth which of `others` are people whom `caller` may have to do with.
    async fn ask_known(&self, caller: UserId, others: &[UserId]) -> Result<HashSet<UserId>, Error> {
        let user_ids = others.iter().map(UserId::to_string).collect();
        let request = &internal::FilterUsersRequest { user_ids, caller_id: caller.to_string() };
        let asking = self.ask(|mut users| async move { users.filter_users(request.clone()).await });
        // Also if nobody wants it so: that it takes longer would tell who does.
        let mates = self.people.group_mates(caller, others);
        let (known, mates) = tokio::join!(asking, mates);
        let internal::FilterUsersResponse { user_ids, groups_only_user_ids } =
            known.map_err(|status| Error::Auth(status.into()))?;
        let (known, closed) = (texts(&user_ids), texts(&groups_only_user_ids));
        let mates: HashSet<UserId> = mates?.into_iter().collect();
        let is_known = |user: &UserId| {
            let text = user.to_string();
            known.contains(text.as_str()) && (mates.contains(user) || !closed.contains(text.as_str()))
        };
        Ok(others.iter().copied().filter(is_known).collect())
    }

    /// Asks auth whether `caller` may not talk to `other`, and remembers the answer.
    async fn ask_blocked(&self, caller: UserId, other: UserId) -> Result<bool, Error> {
        let (user_id, other_id) = (caller.to_string(), other.to_string());
        let request = internal::CheckContactRequest { user_id, other_id };
        let ask = |mut users: Client| {
            let request = request.clone();
            async move { users.check_contact(request).await }
        };
        let answer = self.ask(ask).await.map_err(|status| Error::Auth(status.into()))?;
        let blocked = answer.blocked || answer.groups_only && !self.are_group_mates(caller, other).await?;
        self.answers.insert((caller, other), Answer { blocked, given: self.clock.now() });
        Ok(blocked)
    }

    async fn are_group_mates(&self, one: UserId, other: UserId) -> Result<bool, Error> {
        Ok(!self.people.group_mates(one, &[other]).await?.is_empty())
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

fn texts(ids: &[String]) -> HashSet<&str> {
    ids.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
