//! Has everything erased that people leave behind, service after service.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, SessionId, UserId};
use confab_db::StoreError;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_client::PersonalDataServiceClient;
use confab_rpc::Channel;
use tokio::sync::Notify;
use tokio::time::timeout;
use tonic::Status;

use crate::domain::{Actor, AuditEvent, AuditKind, Departure};
use crate::store::Stores;

/// How often we look with whom it is to go on.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// What auth itself is called among those who have erased everything.
const OURSELVES: &str = "auth";

/// A service that keeps something of people.
#[derive(Clone)]
pub struct Keeper {
    /// What it is called. Stored: it must not change.
    pub name: &'static str,
    /// The way to it, with a service token.
    pub channel: Channel,
}

/// Has things erased, for as long as it is let.
#[derive(Clone)]
pub struct Eraser {
    pub(crate) stores: Stores,
    pub(crate) keepers: Arc<[Keeper]>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit_time: Duration,
    /// Rung when somebody is to be erased.
    pub(crate) bell: Arc<Notify>,
}

/// Why a step was not made.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{0} cannot be asked")]
    Service(&'static str, #[source] Box<Status>),
    #[error("{0} took too long")]
    TooLong(&'static str),
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Eraser {
    /// Erases what there is to be erased, and waits for more. Goes on for ever.
    pub async fn run(&self) {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => self.rest().await,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn StdError,
                        "nobody can be looked for who is to be erased"
                    );
                    self.rest().await;
                }
            }
        }
    }

    /// Waits until somebody is to be erased, or it is time to look.
    async fn rest(&self) {
        // It makes no difference which of the two it was.
        let _ = timeout(LOOK_INTERVAL, self.bell.notified()).await;
    }

    /// Makes one step with somebody; false if there is nobody.
    ///
    /// How far it has come is in the store after each step, so it goes on from
    /// there whenever and wherever the next one is made.
    pub(crate) async fn step(&self) -> Result<bool, StoreError> {
        let Some(departure) = self.stores.departures.claim_departure(self.clock.now()).await? else {
            return Ok(false);
        };
        let after = match self.erase(&departure).await {
            Ok(after) => after,
            Err(failed) => {
                let (user, failures) = (departure.user, departure.failures);
                let error = &failed as &dyn StdError;
                tracing::warn!(error, %user, failures, "somebody cannot be erased now; it is tried again");
                departure.put_off(&failed.in_words(), self.clock.now())
            }
        };
        self.stores.departures.update_departure(&after).await?;
        if after.next.is_none() {
            self.say_done(after.user).await;
        }
        Ok(true)
    }

    /// Has the next service make a step, and returns how far it has come then.
    async fn erase(&self, departure: &Departure) -> Result<Departure, Failed> {
        let is_done = |name: &str| departure.done.iter().any(|done| done == name);
        if !is_done(OURSELVES) {
            // Whoever took the account away has ended them, unless they were cut off.
            let now = self.clock.now();
            // No session has this id, so none is kept.
            self.stores.sessions.delete_others(departure.user, SessionId::new(now), now).await?;
            self.stores.departures.erase_own(departure.user).await?;
            return Ok(departure.erased_by(OURSELVES, self.clock.now()));
        }
        let Some(keeper) = self.keepers.iter().find(|keeper| !is_done(keeper.name)) else {
            return Ok(departure.finished());
        };
        let answer = ask(keeper, departure).await?;
        let now = self.clock.now();
        Ok(if answer.done {
            departure.erased_by(keeper.name, now)
        } else {
            departure.advanced(answer.progress, now)
        })
    }

    async fn say_done(&self, user: UserId) {
        let event = AuditEvent::new(AuditKind::AccountErased, Actor::Server).to(Some(user));
        crate::audit::write(&self.stores, &*self.clock, self.audit_time, event).await;
    }
}

impl Failed {
    /// What admins are told.
    fn in_words(&self) -> String {
        match self {
            Self::Service(_, status) => format!("{self}: {}", status.message()),
            Self::TooLong(_) | Self::Store(_) => self.to_string(),
        }
    }
}

async fn ask(keeper: &Keeper, departure: &Departure) -> Result<internal::EraseUserResponse, Failed> {
    let mut client = PersonalDataServiceClient::new(keeper.channel.clone());
    let (user_id, progress) = (departure.user.to_string(), departure.progress.clone());
    let asking = client.erase_user(internal::EraseUserRequest { user_id, progress });
    match timeout(Departure::STEP_TIME_MAX, asking).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => Err(Failed::Service(keeper.name, status.into())),
        Err(_) => Err(Failed::TooLong(keeper.name)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use confab_core::ManualClock;
    use confab_proto::internal::v1::personal_data_service_server::{
        PersonalDataService, PersonalDataServiceServer,
    };
    use futures_util::stream;
    use tonic::service::Routes;
    use tonic::{Request, Response};

    use super::*;
    use crate::handlers::{Authority, erase_account};
    use crate::service::testing::{bare_session, join, service_on, test_service};

    /// A service that needs three calls for everybody, and fails when it is told to.
    #[derive(Clone, Default)]
    struct Slow(Arc<Mutex<Script>>);

    #[derive(Default)]
    struct Script {
        asked: Vec<String>,
        away: bool,
    }

    #[tonic::async_trait]
    impl PersonalDataService for Slow {
        type ExportUserStream =
            stream::Iter<std::vec::IntoIter<Result<internal::ExportUserResponse, Status>>>;

        async fn erase_user(
            &self,
            request: Request<internal::EraseUserRequest>,
        ) -> Result<Response<internal::EraseUserResponse>, Status> {
            let mut script = self.0.lock().unwrap();
            if script.away {
                return Err(Status::unavailable("it is away"));
            }
            let progress = request.into_inner().progress;
            let done = progress == "xx";
            script.asked.push(progress.clone());
            Ok(Response::new(internal::EraseUserResponse { progress: format!("{progress}x"), done }))
        }

        async fn export_user(
            &self,
            _: Request<internal::ExportUserRequest>,
        ) -> Result<Response<Self::ExportUserStream>, Status> {
            Err(Status::unimplemented("this one has things erased only"))
        }
    }

    fn keepers(slow: &Slow) -> Vec<Keeper> {
        let routes = Routes::new(PersonalDataServiceServer::new(slow.clone()));
        vec![Keeper { name: "slow", channel: Channel::in_process(routes) }]
    }

    /// Makes steps until there is none to make.
    async fn go_on(eraser: &Eraser) {
        while eraser.step().await.unwrap() {}
    }

    #[tokio::test]
    async fn it_goes_on_where_it_was_after_whatever_happened() {
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let stores = service.stores.clone();
        erase_account(&service, Authority::Operator, ada.user.id).await.unwrap();
        // As if that had been cut off before it came to the sessions.
        let left = bare_session(&ada, service.clock.now());
        stores.sessions.insert(&left).await.unwrap();
        drop(service);

        let slow = Slow::default();
        let after_a_crash = |clock: &Arc<ManualClock>| {
            let (service, own) = service_on(stores.clone());
            own.advance(clock.now().since(own.now()));
            service.with_keepers(keepers(&slow)).eraser()
        };
        let clock = service_on(stores.clone()).1;
        assert!(!after_a_crash(&clock).step().await.unwrap(), "it begins when all have heard");
        clock.advance(Departure::DELAY);
        // Each step is made by another process: our own part, the service, then nothing.
        for _ in 0..5 {
            assert!(after_a_crash(&clock).step().await.unwrap());
        }
        assert!(!after_a_crash(&clock).step().await.unwrap());
        assert_eq!(slow.0.lock().unwrap().asked, ["", "x", "xx"]);
        assert_eq!(stores.departures.list_unfinished(1).await.unwrap().1, 0);
        assert_eq!(stores.sessions.find(left.id, left.created).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_service_that_is_away_is_asked_again_and_admins_see_it() {
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let slow = Slow::default();
        let (service, clock) = service_on(service.stores.clone());
        let service = service.with_keepers(keepers(&slow));
        erase_account(&service, Authority::Operator, ada.user.id).await.unwrap();
        slow.0.lock().unwrap().away = true;
        clock.advance(Departure::DELAY);
        go_on(&service.eraser()).await;
        let unfinished = service.stores.departures.list_unfinished(1).await.unwrap().0.remove(0);
        assert_eq!(
            (unfinished.failures, unfinished.problem.as_str()),
            (1, "slow cannot be asked: it is away")
        );

        slow.0.lock().unwrap().away = false;
        go_on(&service.eraser()).await;
        assert_eq!(slow.0.lock().unwrap().asked.len(), 0, "not at once");
        clock.advance(Duration::from_secs(5));
        go_on(&service.eraser()).await;
        assert_eq!(service.stores.departures.list_unfinished(1).await.unwrap().1, 0);
    }
}
