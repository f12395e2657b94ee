//! People who have deleted their accounts, and what is left of them to be erased.

use std::time::Duration;

use confab_core::{Timestamp, UserId};

use super::User;

/// Somebody whose account is gone, and how far what they left behind is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Whose account it was.
    pub user: UserId,
    /// When it was deleted.
    pub deleted: Timestamp,
    /// The services that have nothing of them any more.
    pub done: Vec<String>,
    /// How far the next service has come, in its own words.
    pub progress: String,
    /// When it goes on; `None` when nothing is left.
    pub next: Option<Timestamp>,
    /// How often in a row the next service could not be asked.
    pub failures: u32,
    /// Why not, the last time.
    pub problem: String,
}

impl Departure {
    /// How long to wait before the first is erased: until everybody has heard that
    /// the sessions have ended, so that nothing new comes behind us.
    pub const DELAY: Duration = Duration::from_mins(1);
    /// How long one step may take. No other node tries in this time.
    pub const STEP_TIME_MAX: Duration = Duration::from_mins(1);
    /// How long to wait after the first failure; after each further one twice as long.
    const WAIT_MIN: Duration = Duration::from_secs(5);
    /// The longest time between two tries.
    const WAIT_MAX: Duration = Duration::from_mins(15);
    /// The most characters that are kept of a problem.
    const PROBLEM_CHARS_MAX: usize = 200;

    /// Somebody who goes at `now`.
    #[must_use]
    pub fn new(user: UserId, now: Timestamp) -> Self {
        Self {
            user,
            deleted: now,
            done: Vec::new(),
            progress: String::new(),
            next: Some(now.plus(Self::DELAY)),
            failures: 0,
            problem: String::new(),
        }
    }

    /// The same while a step is made at `now`.
    #[must_use]
    pub fn claimed(&self, now: Timestamp) -> Self {
        Self { next: Some(now.plus(Self::STEP_TIME_MAX)), ..self.clone() }
    }

    /// The same after the next service has come as far as `progress`.
    #[must_use]
    pub fn advanced(&self, progress: String, now: Timestamp) -> Self {
        Self { progress, next: Some(now), failures: 0, problem: String::new(), ..self.clone() }
    }

    /// The same after `service` has erased everything.
    #[must_use]
    pub fn erased_by(&self, service: &str, now: Timestamp) -> Self {
        let done = [&self.done[..], &[service.to_owned()]].concat();
        Self { done, ..self.advanced(String::new(), now) }
    }

    /// The same after a step that failed because of `problem`.
    #[must_use]
    pub fn put_off(&self, problem: &str, now: Timestamp) -> Self {
        let factor = 2_u32.checked_pow(self.failures);
        let wait = factor.and_then(|factor| Self::WAIT_MIN.checked_mul(factor));
        let wait = wait.map_or(Self::WAIT_MAX, |wait| wait.min(Self::WAIT_MAX));
        let problem = problem.chars().take(Self::PROBLEM_CHARS_MAX).collect();
        Self { failures: self.failures + 1, problem, next: Some(now.plus(wait)), ..self.clone() }
    }

    /// The same when nothing is left.
    #[must_use]
    pub fn finished(&self) -> Self {
        Self { next: None, ..self.clone() }
    }
}

/// Whoever an id belongs to, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Somebody.
    Here(User),
    /// Somebody who has deleted their account.
    Gone(UserId),
}

impl Person {
    /// Who it is, or was.
    #[must_use]
    pub const fn id(&self) -> UserId {
        match self {
            Self::Here(user) => user.id,
            Self::Gone(id) => *id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn what_cannot_be_erased_is_tried_less_and_less_often_and_never_given_up() {
        let mut departure = Departure::new(UserId::new(NOW), NOW);
        for seconds in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
            departure = departure.put_off("away", NOW);
            assert_eq!(departure.next, Some(NOW.plus(Duration::from_secs(seconds))));
        }
        let many = Departure { failures: u32::MAX - 1, ..departure };
        assert_eq!(many.put_off("away", NOW).next, Some(NOW.plus(Departure::WAIT_MAX)));
    }

    #[test]
    fn each_service_begins_from_the_start() {
        let departure = Departure::new(UserId::new(NOW), NOW).advanced("half".into(), NOW);
        let erased = departure.put_off("away", NOW).erased_by("message", NOW);
        assert_eq!((erased.progress.as_str(), erased.failures, erased.problem.as_str()), ("", 0, ""));
        assert_eq!(erased.done, ["message"]);
        assert_eq!(erased.finished().next, None);
    }
}
