//! Sends what is due, unless there is a reason not to, and notes which.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use confab_core::UserId;
use confab_db::StoreError;
use confab_proto::internal::v1 as internal;
use confab_rpc::measure;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tonic::Status;

use super::notice::{Notice, topic, urgency};
use super::outside::{Parcel, Verdict};
use super::seal::{Unsealed, seal};
use super::{PUSHES, Pusher};
use crate::domain::{Device, Outcome, Push, Shelf};

/// How often is looked for what is due, or was put there by others.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How many pushes are on their way at the same time, and how many of one person:
/// whoever names a push service that never answers does not hold up the others.
const FLYING_MAX: usize = 32;
const FLYING_PER_USER_MAX: usize = 2;
/// How long one waits whose person has too many on their way.
const TURN_TIME: Duration = Duration::from_secs(2);
/// How long auth may take to answer.
const ASK_TIMEOUT: Duration = Duration::from_secs(2);

/// How many pushes of each person are on their way.
#[derive(Clone, Default)]
struct Flying(Arc<Mutex<HashMap<UserId, usize>>>);

/// One push is on its way, for as long as this is held.
struct Flight {
    all: Flying,
    user: UserId,
}

/// What is to become of a push.
enum Decision {
    Send(Box<Device>, Parcel),
    LeaveOut(Outcome),
}

/// Why it is not known now what is to become of one.
#[derive(Debug, thiserror::Error)]
enum Undecided {
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("auth did not answer")]
    Auth(#[from] Status),
    #[error("auth took too long")]
    TooLong(#[from] tokio::time::error::Elapsed),
    #[error("a device cannot be told anything")]
    Unsealed(#[from] Unsealed),
    #[error("what is to be told is no JSON")]
    Form(#[from] serde_json::Error),
}

impl Pusher {
    /// Sends what is due, and waits for more. Goes on for ever.
    pub(super) async fn work(&self) {
        let (mut flights, flying) = (JoinSet::new(), Flying::default());
        loop {
            while flights.try_join_next().is_some() {}
            let claimed = match FLYING_MAX - flights.len() {
                0 => Vec::new(),
                free => self.claim(free).await,
            };
            if claimed.is_empty() {
                tokio::select! {
                    () = self.bell.notified(), if flights.len() < FLYING_MAX => {}
                    () = sleep(LOOK_INTERVAL), if flights.len() < FLYING_MAX => {}
                    Some(_) = flights.join_next() => {}
                }
            }
            for push in claimed {
                flights.spawn(self.clone().tell(push, flying.clone()));
            }
        }
    }

    async fn claim(&self, free: usize) -> Vec<Push> {
        let claimed = self.needs.pushes.claim(self.needs.clock.now(), free).await;
        claimed.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn StdError, "pushes cannot be looked for");
            Vec::new()
        })
    }

    /// Does what is to be done about `push`, and notes it.
    async fn tell(self, push: Push, flying: Flying) {
        let settled = match flying.begin(push.user) {
            Some(_flight) => self.settle(push).await,
            None => push.returned(self.needs.clock.now().plus(TURN_TIME)),
        };
        if settled.outcome != Outcome::Waiting {
            measure::count(PUSHES, ("outcome", settled.outcome.word()));
        }
        // Then it is somebody's again when its time is over.
        if let Err(error) = self.needs.pushes.settle(&settled).await {
            tracing::warn!(error = &error as &dyn StdError, "what became of a push cannot be noted");
        }
    }

    async fn settle(&self, push: Push) -> Push {
        let decided = self.decide(&push).await;
        let now = self.needs.clock.now();
        match decided {
            Ok(Decision::LeaveOut(why)) => push.left_out(why, now),
            Ok(Decision::Send(device, parcel)) => {
                let verdict = self.needs.outside.send(&device, parcel, now).await;
                self.heed(verdict, push, &device).await
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn StdError, "a push is put off");
                push.put_off(None, now)
            }
        }
    }

    /// What becomes of `push`, now that its push service has spoken.
    async fn heed(&self, verdict: Verdict, push: Push, device: &Device) -> Push {
        let now = self.needs.clock.now();
        match verdict {
            Verdict::Taken { status } => Push { status, ..push }.settled(Outcome::Sent, now),
            Verdict::Refused { status } => Push { status, ..push }.settled(Outcome::Refused, now),
            Verdict::Later { status, after } => Push { status, ..push }.put_off(after, now),
            Verdict::Forbidden => push.left_out(Outcome::Forbidden, now),
            Verdict::Expired { status } => {
                let forgotten = self.needs.pushes.unsubscribe(device.session, Some(&device.endpoint)).await;
                if let Err(error) = forgotten {
                    // The next push is told the same.
                    tracing::warn!(error = &error as &dyn StdError, "a device cannot be forgotten");
                }
                Push { status, ..push }.settled(Outcome::Expired, now)
            }
        }
    }

    async fn decide(&self, push: &Push) -> Result<Decision, Undecided> {
        let needs = &self.needs;
        let Some(device) = needs.pushes.device(push.session).await? else {
            return Ok(Decision::LeaveOut(Outcome::Ended));
        };
        if needs.hub.has_session(push.session) {
            return Ok(Decision::LeaveOut(Outcome::Open));
        }
        let Some(overview) = needs.store.overview(push.conversation, push.user).await? else {
            return Ok(Decision::LeaveOut(Outcome::Gone));
        };
        let now = needs.clock.now();
        let why = if overview.settings.shelf(overview.head, now) == Shelf::Archive {
            Some(Outcome::Archived)
        } else if overview.settings.muted(now).is_some() {
            Some(Outcome::Muted)
        } else if overview.read.seq >= push.seq {
            Some(Outcome::Read)
        } else {
            None
        };
        if let Some(why) = why {
            return Ok(Decision::LeaveOut(why));
        }
        let message = needs.store.find_messages(push.conversation, &[push.seq]).await?.pop();
        let Some(message) = message.filter(|message| message.content.is_some()) else {
            return Ok(Decision::LeaveOut(Outcome::Gone));
        };
        let checked = self.check(push).await?;
        if !checked.session_live {
            needs.pushes.unsubscribe(push.session, None).await?;
            return Ok(Decision::LeaveOut(Outcome::Ended));
        }
        if checked.blocked {
            return Ok(Decision::LeaveOut(Outcome::Blocked));
        }
        let notice = Notice::of(&message, &overview, &checked.sender_name, device.text).to_json()?;
        let parcel = Parcel {
            sealed: seal(notice, &device.keys)?,
            topic: topic(push.session, push.conversation),
            urgency: urgency(&message, &overview, push),
        };
        Ok(Decision::Send(Box::new(device), parcel))
    }

    /// Asks auth how it stands with the session, and with who has said it.
    async fn check(&self, push: &Push) -> Result<internal::CheckPushResponse, Undecided> {
        let request = internal::CheckPushRequest {
            sender_id: push.sender.to_string(),
            user_id: push.user.to_string(),
            session_id: push.session.to_string(),
        };
        let mut users = self.needs.users.clone();
        Ok(timeout(ASK_TIMEOUT, users.check_push(request)).await??.into_inner())
    }
}

impl Flying {
    /// Begins one of `user`, unless too many are on their way.
    fn begin(&self, user: UserId) -> Option<Flight> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(user).or_default();
        if *count >= FLYING_PER_USER_MAX {
            return None;
        }
        *count += 1;
        Some(Flight { all: self.clone(), user })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_takes_up_all_there_is() {
        let [one, other] = [1, 2].map(|n| UserId::from_uuid(Uuid::from_u128(n)));
        let flying = Flying::default();
        let first = (flying.begin(one), flying.begin(one));
        assert!(flying.begin(one).is_none() && flying.begin(other).is_some());
        drop(first);
        assert!(flying.begin(one).is_some());
        assert!(flying.0.lock().unwrap().is_empty(), "nothing is kept of those that have landed");
    }
}
