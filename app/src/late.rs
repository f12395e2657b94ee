//! A role that can be asked before it can answer.
//!
//! Start order does not matter: a role listens at once, says UNAVAILABLE while
//! its database is not there, and serves when it is.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use confab_db::OpenError;
use confab_rpc::{Failure, Shutdown};
use tonic::service::Routes;
use tower::{ServiceExt, service_fn};

/// What whoever asks too early is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// How long to wait before a database is tried again: at first, and at the most.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// A role whose stores are open.
pub struct Opened {
    /// Everything it answers.
    pub routes: Routes,
    /// What its stores need for as long as they are open. Ends in an error if
    /// they can be used no more.
    pub tending: Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>,
}

/// Routes that answer UNAVAILABLE until `opening` is done, and then what it says.
///
/// The future opens and then tends; it gives up opening when `served` begins.
pub fn late<Opening>(
    opening: Opening,
    served: Shutdown,
) -> (Routes, impl Future<Output = anyhow::Result<()>> + Send + 'static)
where
    Opening: Future<Output = anyhow::Result<Opened>> + Send + 'static,
{
    let known = Arc::new(OnceLock::<Router>::new());
    let tending = open_then_tend(opening, known.clone(), served);
    let service = service_fn(move |request: Request| answer(known.get().cloned(), request));
    (Routes::from(Router::new().fallback_service(service)), tending)
}

async fn open_then_tend<Opening>(
    opening: Opening,
    known: Arc<OnceLock<Router>>,
    served: Shutdown,
) -> anyhow::Result<()>
where
    Opening: Future<Output = anyhow::Result<Opened>>,
{
    let opened = tokio::select! {
        opened = opening => opened?,
        () = served.begun() => return Ok(()),
    };
    known.get_or_init(|| opened.routes.into_axum_router());
    opened.tending.await
}

async fn answer(router: Option<Router>, request: Request) -> Result<Response, Infallible> {
    if let Some(router) = router {
        return router.oneshot(request).await;
    }
    let failure = Failure::unavailable("STARTING").retry_after(RETRY_AFTER);
    Ok(failure.into_status_saying("the service is starting; try again").into_http())
}

/// Opens something in a database, however long that is not there.
///
/// # Errors
///
/// If waiting does not help, such as for a wrong password.
pub async fn open_patiently<T, Opening>(role: &str, open: impl Fn() -> Opening) -> Result<T, OpenError>
where
    Opening: Future<Output = Result<T, OpenError>>,
{
    let mut pause = PAUSE_MIN;
    loop {
        match open().await {
            Err(error @ OpenError::Unavailable { .. }) => {
                tracing::warn!(error = &error as &dyn std::error::Error, role, "waiting for the database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
            done => return done,
        }
    }
}
