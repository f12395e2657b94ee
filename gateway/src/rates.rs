//! How often people may call, so that nobody keeps the others waiting.
//!
//! A call is counted for the network that it comes from, and for all, before
//! anything is done for it, and for the person who makes it as soon as we know
//! who that is. What it does decides of which share it takes.

mod config;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use confab_core::{Clock, Network, UserId};
use confab_proto::Kind;
use confab_rpc::measure::{self, RATE_REFUSALS};
use confab_rpc::{Failure, Quota, Rate, Share, TooOften};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use tonic::Status;

use crate::forwarding::Forwarding;
use crate::problem::Problem;

pub use config::{RateLimits, RatesConfig};

/// How many networks are counted apart for each kind of call. Further ones
/// share the place of those that we do not know.
const NETWORKS_MAX: usize = 16_384;
/// How many people are counted apart for each kind of call: those who made one
/// within the last moments.
const USERS_MAX: usize = 131_072;

/// Counts calls, and refuses those that are too many.
pub struct Rates {
    forwarding: Arc<Forwarding>,
    shares: Option<Shares>,
}

/// What people have a share of.
struct Shares {
    reads: Shared,
    writes: Shared,
    streams: Shared,
    uploads: Shared,
    pages: Rate<Network>,
}

/// One kind of call.
struct Shared {
    networks: Rate<Network>,
    users: Rate<UserId>,
}

impl Rates {
    /// The limits that `config` sets, with the time by `clock`.
    pub fn new(config: &RatesConfig, forwarding: Arc<Forwarding>, clock: &Arc<dyn Clock>) -> Self {
        let networks = |each, all| Rate::new(per_minute(each), Some(per_minute(all)), NETWORKS_MAX, clock);
        let kind = |user, network, all| Shared {
            networks: networks(network, all),
            users: Rate::new(per_minute(user), None, USERS_MAX, clock),
        };
        let c = config;
        let every = || Shares {
            reads: kind(c.user_reads_per_minute, c.network_reads_per_minute, c.reads_per_minute),
            writes: kind(c.user_writes_per_minute, c.network_writes_per_minute, c.writes_per_minute),
            streams: kind(c.user_streams_per_minute, c.network_streams_per_minute, c.streams_per_minute),
            uploads: kind(c.user_uploads_per_minute, c.network_uploads_per_minute, c.uploads_per_minute),
            pages: networks(c.network_pages_per_minute, c.pages_per_minute),
        };
        let shares = match config.rate_limits {
            RateLimits::On => Some(every()),
            RateLimits::Off => None,
        };
        Self { forwarding, shares }
    }

    /// Counts a call of that `kind` of `user`.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED` if it is one too many, with the time to wait.
    pub fn count_user(&self, user: UserId, kind: Kind) -> Result<(), Status> {
        let Some(shares) = &self.shares else { return Ok(()) };
        shares.of(kind).users.count(Some(user)).map_err(|refused| too_often(refused, "user"))
    }

    fn count_network(&self, request: &Request) -> Result<(), Status> {
        let Some(shares) = &self.shares else { return Ok(()) };
        let counted = shares.of(kind_of(request.uri().path())).networks.count(self.network(request));
        counted.map_err(|refused| too_often(refused, "network"))
    }

    fn count_page(&self, request: &Request) -> Result<(), TooOften> {
        self.shares.as_ref().map_or(Ok(()), |shares| shares.pages.count(self.network(request)))
    }

    fn network(&self, request: &Request) -> Option<Network> {
        self.forwarding.address(request.headers(), request.extensions()).map(Network::of)
    }
}

impl Shares {
    /// That of which a call of that `kind` takes.
    fn of(&self, kind: Kind) -> &Shared {
        match kind {
            Kind::Read => &self.reads,
            Kind::Write => &self.writes,
            Kind::Stream => &self.streams,
            Kind::Upload => &self.uploads,
        }
    }
}

/// What the RPC at `path` does. One that does not exist is as cheap as a read.
pub fn kind_of(path: &str) -> Kind {
    confab_proto::method(path).map_or(Kind::Read, |method| method.kind)
}

/// Lets a call pass if its network, and all together, have not made too many.
pub async fn limit_calls(State(rates): State<Arc<Rates>>, request: Request, next: Next) -> Response {
    match rates.count_network(&request) {
        Ok(()) => next.run(request).await,
        Err(status) => status.into_http(),
    }
}

/// The same for what is not a call.
pub async fn limit_pages(State(rates): State<Arc<Rates>>, request: Request, next: Next) -> Response {
    match rates.count_page(&request) {
        Ok(()) => next.run(request).await,
        Err(TooOften { wait, .. }) => {
            measure::count(RATE_REFUSALS, ("share", "pages"));
            too_many_requests(wait)
        }
    }
}

fn per_minute(count: NonZeroU32) -> Quota {
    Quota::per_minute(count)
}

fn too_often(refused: TooOften, own: &'static str) -> Status {
    let share = match refused.share {
        Share::Own => own,
        Share::All => "all",
    };
    measure::count(RATE_REFUSALS, ("share", share));
    let failure = Failure::exhausted("TOO_MANY_REQUESTS").with("share", &share).retry_after(refused.wait);
    failure.into_status_saying("too many requests; wait a moment")
}

fn too_many_requests(wait: Duration) -> Response {
    let detail = "too many requests; wait a moment";
    let mut response = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds_rounded_up(wait)));
    response
}

/// Whoever comes back after so many seconds is not refused again.
fn seconds_rounded_up(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_come_back_too_early() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            assert_eq!(seconds_rounded_up(Duration::from_millis(millis)), seconds);
        }
    }
}
