//! The public face of Confab: one port for browsers and for programs.
//!
//! # How a request flows
//!
//! ```text
//! doors.rs       by content type: gRPC, gRPC-Web, or anything else
//!   admission.rs   gRPC: who may pass, and with whose token
//!     origin.rs      from which page a browser sends it
//!     cookie.rs      the session cookie, in and out
//!     exchange.rs    a session for an access token
//!     forwarding.rs  from which address it comes
//!   limits.rs      how many bytes, how long
//!   drain.rs       streams, told to reconnect when the program ends
//!   upstreams.rs   which service a path leads to
//!   media/         pictures and files, over plain HTTP
//!   web.rs         anything else: the web client
//! status.rs      /healthz, /readyz; jwks.rs: /.well-known/jwks.json
//! ```
//!
//! # Invariants
//!
//! * A path is either in the table of `upstreams.rs` or it does not exist. No
//!   service of `confab.internal` is in it.
//! * No method is known here: a new RPC changes nothing.
//! * The services see neither a cookie nor a header `confab-*` of a client, and
//!   clients see no header `confab-*` of a service.
//! * A cookie counts only for a page of this very origin.

mod admission;
mod config;
mod cookie;
mod cors;
mod doors;
mod drain;
mod exchange;
mod forwarding;
mod jwks;
mod limits;
mod media;
mod origin;
mod problem;
mod status;
mod tag;
mod upstreams;
mod web;

use std::sync::Arc;

use axum::routing::get;
use axum::{Router, middleware};
use confab_core::Clock;
use confab_rpc::{ServiceKey, Shutdown, StandardServices, TokenVerifier, refuse_overload, traced};
use http::{HeaderName, HeaderValue, header};
use tokio::sync::Semaphore;
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::admission::Admission;
use crate::cookie::CookieStyle;
use crate::exchange::Exchange;
use crate::forwarding::Forwarding;
use crate::limits::Limits;
use crate::media::Media;
use crate::status::Readiness;

pub use config::Config;
pub use upstreams::Upstreams;

/// How many calls may wait for their response to begin. More are refused at once.
const CALLS_MAX: usize = 8_192;

/// The name that the gateway gives itself in service tokens.
const NAME: &str = "gateway";

/// The gateway, before it becomes a router.
pub struct Gateway {
    limits: Limits,
    admission: Arc<Admission>,
    media: Media,
    cors: Option<tower_http::cors::CorsLayer>,
    upstreams: Upstreams,
}

impl Gateway {
    /// A gateway to `upstreams`. Opens no port and starts no task.
    #[must_use]
    pub fn new(
        config: &Config,
        upstreams: Upstreams,
        verifier: Arc<TokenVerifier>,
        service_key: ServiceKey,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let auth = upstreams.auth.clone().with_service_token(NAME, service_key.clone(), clock.clone());
        let library = upstreams.media.clone().with_service_token(NAME, service_key.clone(), clock.clone());
        let admission = Admission {
            verifier,
            exchange: Exchange::new(auth, clock.clone()),
            forwarding: Forwarding { key: service_key, clock, proxies: config.proxies.into() },
            cookie: if config.insecure_cookie { CookieStyle::Insecure } else { CookieStyle::HostOnly },
            other_origins: config.cors_origin.clone(),
        };
        let limits = Limits { body_max_bytes: config.request_max_bytes, time_max: config.request_timeout };
        let admission = Arc::new(admission);
        let media = Media::new(admission.clone(), upstreams.media.clone(), library);
        Self { limits, admission, media, cors: cors::layer(config), upstreams }
    }

    /// Everything that is answered on the public port, `standard` included.
    /// Readiness ends when `shutdown` begins, and open streams soon after.
    pub fn into_router(self, standard: &StandardServices, shutdown: Shutdown) -> Router {
        let slots = Arc::new(Semaphore::new(CALLS_MAX));
        let readiness = Readiness { upstreams: self.upstreams.clone(), shutdown: shutdown.clone() };
        // Layers as one: a router puts each into a box that every request copies.
        let calls = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(shutdown, drain::end_streams))
            .layer(middleware::from_fn_with_state(self.limits, limits::keep))
            .layer(middleware::from_fn_with_state(slots, refuse_overload));
        let grpc = self
            .upstreams
            .router()
            .route_layer(middleware::from_fn_with_state(self.admission, admission::admit))
            // Nobody needs to be signed in for these.
            .merge(standard.routes().into_axum_router().reset_fallback())
            .fallback(doors::unimplemented)
            .layer(calls)
            .layer(GrpcWebLayer::new());

        let everything = ServiceBuilder::new()
            .layer(middleware::from_fn(traced))
            .map_response(with_safety_headers)
            .option_layer(self.cors)
            .layer(CatchPanicLayer::custom(|_| problem::panicked()));
        Router::new()
            .route("/healthz", get(status::healthz))
            .route("/readyz", get(status::readyz).with_state(readiness))
            .merge(self.media.into_router())
            .route("/.well-known/jwks.json", get(jwks::jwks).with_state(self.upstreams.auth))
            .fallback_service(doors::by_content_type(grpc, web::router()))
            .layer(everything)
    }
}

/// What browsers are told with every response.
const SAFETY_HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// `response` with [`SAFETY_HEADERS`], as far as it does not say otherwise.
fn with_safety_headers<Body>(mut response: http::Response<Body>) -> http::Response<Body> {
    for (name, value) in SAFETY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
