//! The public face of Confab: one port for browsers and for programs.
//!
//! # How a request flows
//!
//! ```text
//! doors.rs       gRPC, gRPC-Web, JSON, or anything else
//!   json/          JSON: becomes a call of gRPC, and its answer JSON again
//!   admission.rs   calls: who may pass, and with whose token
//!     origin.rs      from which page a browser sends it
//!     cookie.rs      the session cookie, in and out
//!     exchange.rs    a session for an access token
//!     forwarding.rs  from which address it comes
//!   rates.rs       how often
//!   limits.rs      how many bytes, how long
//!   drain.rs       streams, told to reconnect when the program ends
//!   upstreams.rs   which service a path leads to
//!   tutorial/      /api and /socket.io: becomes calls, too
//!   media/         pictures and files, over plain HTTP
//!   web.rs         anything else: the web client
//! openapi/       /openapi.json and /docs: what the JSON door can do
//! status.rs      /healthz, /readyz; jwks.rs: /.well-known/jwks.json; notices.rs: what else is put up
//! access.rs      one line in the log for every request
//! safety.rs      what browsers are told with every response; cors.rs: which pages of others may call
//! ```
//!
//! # Invariants
//!
//! * A path is either in the table of `upstreams.rs` or it does not exist. No
//!   service of `confab.internal` is in it.
//! * No method is known here but the stream that `json/cursor.rs` resumes: a new RPC changes nothing.
//! * What comes as JSON goes through every layer that gRPC goes through.
//! * The services see neither a cookie nor a header `confab-*` of a client, and of its other headers those only that
//!   `admission.rs` lists; clients see no header `confab-*` of a service.
//! * A cookie counts only for a page of this very origin, or of one that was configured.

mod access;
mod admission;
mod config;
mod cookie;
mod cors;
mod doors;
mod drain;
mod exchange;
mod forwarding;
mod json;
mod jwks;
mod limits;
mod media;
mod notices;
mod openapi;
mod origin;
mod problem;
mod rates;
mod safety;
mod status;
mod tag;
mod tutorial;
mod upstreams;
mod web;

use std::sync::Arc;

use axum::routing::get;
use axum::{Router, middleware};
use confab_core::Clock;
use confab_rpc::{ServiceKey, Shutdown, StandardServices, TokenVerifier, measure, refuse_overload, traced};
use tokio::sync::Semaphore;
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;

use crate::admission::Admission;
use crate::cookie::CookieStyle;
use crate::exchange::Exchange;
use crate::forwarding::Forwarding;
use crate::limits::Limits;
use crate::media::{Media, OtherOrigin};
use crate::rates::Rates;
use crate::safety::{Reach, Transport};
use crate::status::Readiness;

pub use config::Config;
pub use notices::SecurityContact;
pub use rates::{RateLimits, RatesConfig};
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
    cors: Option<CorsLayer>,
    transport: Transport,
    reach: Reach,
    notices: Router,
    upstreams: Upstreams,
    routes: Arc<json::Routes>,
    clock: Arc<dyn Clock>,
    /// Where our pages may load files from beside here.
    elsewhere: Option<OtherOrigin>,
}

impl Gateway {
    /// A gateway to `upstreams`. Opens no port and starts no task.
    ///
    /// # Panics
    ///
    /// If the contract, which is part of the program, has a path that makes no sense.
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
        let forwarding =
            Arc::new(Forwarding { key: service_key, clock: clock.clone(), proxies: config.proxies.into() });
        let rates = Arc::new(Rates::new(&config.rates, forwarding.clone(), &clock));
        let admission = Admission {
            verifier,
            exchange: Exchange::new(auth, clock.clone()),
            forwarding,
            rates,
            cookie: if config.insecure_cookie { CookieStyle::Insecure } else { CookieStyle::HostOnly },
            other_origins: config.cors_origin.clone(),
            cookie_origins: config.cookie_origin.clone(),
        };
        let limits = Limits { body_max_bytes: config.request_max_bytes, time_max: config.request_timeout };
        let transport = if config.certificate().is_some() { Transport::Tls } else { Transport::Clear };
        let reach = if config.cookie_origin.is_empty() { Reach::Origin } else { Reach::Site };
        let notices = notices::router(config.security_contact.clone(), clock.clone());
        let routes = json::Routes::of(&upstreams.service_names());
        let routes = Arc::new(routes.unwrap_or_else(|problem| panic!("the contract: {problem}")));
        let admission = Arc::new(admission);
        let media = Media::new(admission.clone(), upstreams.media.clone(), library);
        let cors = cors::layer(config);
        let elsewhere = None;
        Self {
            limits,
            admission,
            media,
            cors,
            transport,
            reach,
            notices,
            upstreams,
            routes,
            clock,
            elsewhere,
        }
    }

    /// The same, that has browsers load files from `origin` if media has them there.
    #[must_use]
    pub fn with_other_origin(self, origin: Option<&str>) -> Self {
        let elsewhere = origin.map(OtherOrigin::new);
        Self { media: self.media.sending_to(elsewhere.clone()), elsewhere, ..self }
    }

    /// Everything that is answered on the public port, `standard` included.
    /// Readiness ends when `shutdown` begins, and open streams soon after.
    pub fn into_router(self, standard: &StandardServices, shutdown: Shutdown) -> Router {
        let slots = Arc::new(Semaphore::new(CALLS_MAX));
        let readiness = Readiness { upstreams: self.upstreams.clone(), shutdown: shutdown.clone() };
        // Layers as one: a router puts each into a box that every request copies.
        let rates = self.admission.rates.clone();
        let pages = middleware::from_fn_with_state(rates.clone(), rates::limit_pages);
        let calls = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(Some(NAME), measure::measured))
            .layer(middleware::from_fn_with_state(rates, rates::limit_calls))
            .layer(middleware::from_fn_with_state(shutdown.clone(), drain::end_streams))
            .layer(middleware::from_fn_with_state(self.limits, limits::keep))
            .layer(middleware::from_fn_with_state(slots, refuse_overload));
        let (forwarding, body_time_max) = (self.admission.forwarding.clone(), self.limits.time_max);
        let cookie_origins = self.admission.cookie_origins.clone();
        let admitted = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(self.admission, admission::admit))
            .layer(middleware::from_fn(json::transcode));
        let grpc = self
            .upstreams
            .router()
            .route_layer(admitted)
            // Nobody needs to be signed in for these.
            .merge(standard.routes().into_axum_router().reset_fallback())
            .fallback(doors::unimplemented)
            .layer(calls);
        let described = openapi::router(&self.routes);
        let json = json::door(self.routes, grpc.clone());
        let parts = tutorial::Parts {
            calls: grpc.clone(),
            forwarding,
            cookie_origins,
            clock: self.clock,
            body_time_max,
            shutdown,
        };
        let tutorial = tutorial::router(parts).layer(pages.clone());
        let grpc = grpc.layer(GrpcWebLayer::new());

        let (transport, reach) = (self.transport, self.reach);
        let everything = ServiceBuilder::new()
            .layer(middleware::from_fn(traced))
            .layer(middleware::from_fn(access::log))
            .map_response(move |response| transport.secure(reach, response))
            .option_layer(self.cors)
            .layer(CatchPanicLayer::custom(|_| {
                measure::count_panic(NAME);
                problem::panicked()
            }));
        Router::new()
            .route("/readyz", get(status::readyz).with_state(readiness))
            .merge(self.media.into_router())
            .route("/.well-known/jwks.json", get(jwks::jwks).with_state(self.upstreams.auth))
            .merge(described)
            .merge(self.notices)
            .route_layer(pages.clone())
            .route("/healthz", get(status::healthz))
            .fallback_service(doors::by_guest(
                grpc,
                json,
                tutorial,
                web::router(self.elsewhere.as_ref()).layer(pages),
            ))
            .layer(everything)
    }
}
