//! Who may pass, and with whose token.
//!
//! A request is refused here before a service hears of it. The services check
//! the token once more: they believe nothing that the gateway says.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use confab_core::UserId;
use confab_proto::{Access, Kind};
use confab_rpc::{Caller, Failure, GRPC_TIMEOUT, REQUEST_ID, TRACEPARENT, TokenVerifier, metadata};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, SET_COOKIE, TE, USER_AGENT,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use http_body_util::BodyExt;
use tonic::{Code, Status};

use crate::access::AskedBy;
use crate::cookie::{Carried, CookieStyle, Cookies, SessionSecret};
use crate::doors;
use crate::exchange::Exchange;
use crate::forwarding::Forwarding;
use crate::origin::Sender;
use crate::rates::{self, Rates};

/// The headers of a call that services are told. Whatever else a client says is not for them.
const PASSED_ON: [HeaderName; 12] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    HOST,
    TE,
    USER_AGENT,
    GRPC_TIMEOUT,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("grpc-accept-encoding"),
    REQUEST_ID,
    TRACEPARENT,
    // These are ours; those of a client are gone when they are put there.
    HeaderName::from_static(metadata::CLIENT_ADDRESS),
    HeaderName::from_static(metadata::DEVICE),
];

/// What is needed to decide who may pass.
pub struct Admission {
    /// Checks tokens.
    pub verifier: Arc<TokenVerifier>,
    /// Swaps sessions for tokens.
    pub exchange: Exchange,
    /// Says from where a request comes.
    pub forwarding: Arc<Forwarding>,
    /// Counts what each person does.
    pub rates: Arc<Rates>,
    /// How the cookie is written.
    pub cookie: CookieStyle,
    /// Origins besides our own whose pages may call.
    pub other_origins: Vec<HeaderValue>,
    /// Those whose pages may use the cookie, as ours do.
    pub cookie_origins: Vec<HeaderValue>,
}

/// What we know of a request that passed, when its response comes back.
struct Passed {
    sender: Sender,
    /// Who makes it, if that has to be known.
    user: Option<UserId>,
    /// The session that took the place of a token.
    session: Option<SessionSecret>,
}

/// Why a request does not pass.
pub enum Refused {
    /// Because of what it asks, or of the token it brought.
    Because(Status),
    /// Because its cookie is of no use any more; the browser is to forget it.
    DeadCookie(Status),
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self::Because(status)
    }
}

/// Lets a call to a service pass, or refuses it.
pub async fn admit(State(admission): State<Arc<Admission>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admission.check(&mut parts).await {
        Ok(passed) => {
            let mut response = next.run(Request::from_parts(parts, body)).await;
            if let Some(user) = passed.user {
                response.extensions_mut().insert(AskedBy(user));
            }
            admission.release(response, &passed)
        }
        Err(refused) => admission.refuse(refused, Status::into_http),
    }
}

impl Admission {
    /// Lets somebody who is signed in pass with something that is no call, and
    /// gives the request the token that it passes with. It counts as a call of that
    /// `kind`. To look at something, the cookie also counts for what was typed into
    /// the address bar; to change something, for pages of our own only.
    pub async fn admit_user(&self, request: &mut Parts, kind: Kind) -> Result<UserId, Refused> {
        drop_own(&mut request.headers);
        let Cookies { session: carried, .. } = self.cookie.take(&mut request.headers);
        let session = if request.headers.contains_key(AUTHORIZATION) {
            None
        } else {
            let sender = match (Sender::of(request, &self.cookie_origins), kind) {
                // A cookie that is `SameSite=Strict` comes with it from nowhere else.
                (Sender::Unknown, Kind::Read) => Sender::OwnPage,
                (sender, _) => sender,
            };
            self.swap(carried, sender, request).await?
        };
        Ok(self.check_user(request, session.as_ref(), kind).await?)
    }

    /// What is answered to a request that does not pass; `tell` puts it into words.
    pub fn refuse(&self, refused: Refused, tell: impl FnOnce(Status) -> Response) -> Response {
        match refused {
            Refused::Because(status) => tell(status),
            Refused::DeadCookie(status) => {
                let mut response = tell(status);
                response.headers_mut().insert(SET_COOKIE, self.cookie.clear());
                response
            }
        }
    }

    /// Decides whether a request passes, and gives it the token it passes with.
    async fn check(&self, request: &mut Parts) -> Result<Passed, Refused> {
        drop_own(&mut request.headers);
        let Cookies { session: carried, device } = self.cookie.take(&mut request.headers);
        let sender = Sender::of(request, &self.cookie_origins);

        let access = confab_proto::access(request.uri.path());
        let session = match access {
            None | Some(Access::Service) => return Err(doors::no_such_method().into()),
            // A log-in that a page of somebody else starts would make its
            // visitors somebody they are not.
            Some(Access::Public) if sender == Sender::OtherPage && !self.is_allowed(&request.headers) => {
                return Err(cross_origin().into());
            }
            Some(Access::Public) => {
                self.forwarding.sign(request);
                name_device(device, sender, request);
                None
            }
            Some(Access::User) if request.headers.contains_key(AUTHORIZATION) => None,
            Some(Access::User) => self.swap(carried, sender, request).await?,
        };
        let user = match access {
            Some(Access::User) => {
                Some(self.check_user(request, session.as_ref(), rates::kind_of(request.uri.path())).await?)
            }
            _ => None,
        };
        keep_passed_on(&mut request.headers);
        Ok(Passed { sender, user, session })
    }

    /// Finds out who calls, and counts it as a call of that `kind`.
    async fn check_user(
        &self,
        request: &Parts,
        session: Option<&SessionSecret>,
        kind: Kind,
    ) -> Result<UserId, Status> {
        match self.verifier.verify_user(&request.headers).await {
            Ok(Caller { user, .. }) => self.rates.count_user(user, kind).map(|()| user),
            Err(status) => {
                // A token that is refused will not get better by being kept.
                if let Some(session) = session {
                    self.exchange.forget(session);
                }
                Err(status)
            }
        }
    }

    /// Puts the token of the session in the cookie where a client would put its own.
    async fn swap(
        &self,
        carried: Carried,
        sender: Sender,
        request: &mut Parts,
    ) -> Result<Option<SessionSecret>, Refused> {
        let secret = match carried {
            Carried::Nothing => return Ok(None),
            // Browsers add cookies by themselves, whosever page it is.
            _ if sender != Sender::OwnPage => return Err(cross_origin().into()),
            Carried::Garbage => return Err(Refused::DeadCookie(session_ended())),
            Carried::Secret(secret) => secret,
        };
        let address = self.forwarding.address(&request.headers, &request.extensions);
        match self.exchange.authorization(&secret, address).await {
            Ok(authorization) => {
                request.headers.insert(AUTHORIZATION, authorization);
                Ok(Some(secret))
            }
            Err(status) if status.code() == Code::Unauthenticated => {
                Err(Refused::DeadCookie(session_ended()))
            }
            Err(status) => Err(status.into()),
        }
    }

    /// Turns what auth says of the session into what the browser is to do.
    fn release(&self, mut response: Response, passed: &Passed) -> Response {
        response = response.map(|body| Body::new(body.map_frame(without_own_trailers)));
        let headers = response.headers_mut();
        let cleared = headers.contains_key(metadata::SESSION_CLEAR);
        let (started, device) = (started(headers), secret(headers, metadata::DEVICE_SET));
        drop_own(headers);
        // It does not count the trailers that gRPC-Web has in the body.
        headers.remove(CONTENT_LENGTH);
        // What is said to one person is not for a cache between us.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));

        if let Some(session) = &passed.session {
            // A token that is refused will not get better by being kept.
            if cleared || headers.get("grpc-status").is_some_and(|code| code == UNAUTHENTICATED) {
                self.exchange.forget(session);
            }
            if cleared {
                headers.append(SET_COOKIE, self.cookie.clear());
            }
        }
        let Some((secret, lifetime)) = started else {
            return response;
        };
        if passed.sender != Sender::OwnPage {
            return cross_origin().into_http();
        }
        let device = device.and_then(|device| self.cookie.set_device(&device));
        for cookie in [self.cookie.set(&secret, lifetime), device].into_iter().flatten() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }

    /// Whether the page that calls is of an origin that was configured.
    fn is_allowed(&self, headers: &HeaderMap) -> bool {
        headers.get(ORIGIN).is_some_and(|origin| self.other_origins.contains(origin))
    }
}

/// Says by what the browser is known, if it is one of our own pages that asks.
fn name_device(device: Option<SessionSecret>, sender: Sender, request: &mut Parts) {
    let Some(device) = device.filter(|_| sender == Sender::OwnPage) else { return };
    if let Ok(mut value) = HeaderValue::from_str(device.expose()) {
        value.set_sensitive(true);
        request.headers.insert(metadata::DEVICE, value);
    }
}

/// UNAUTHENTICATED as it stands in the header `grpc-status`.
const UNAUTHENTICATED: &str = "16";

/// The session that a response starts, and how long it lasts.
fn started(headers: &HeaderMap) -> Option<(SessionSecret, Duration)> {
    let secret = secret(headers, metadata::SESSION_SET)?;
    let seconds = headers.get(metadata::SESSION_MAX_AGE)?.to_str().ok()?.parse().ok()?;
    Some((secret, Duration::from_secs(seconds)))
}

/// The secret that a response has under `name`.
fn secret(headers: &HeaderMap, name: &str) -> Option<SessionSecret> {
    SessionSecret::new(headers.get(name)?.to_str().ok()?)
}

/// Drops headers that only we and our services may use among ourselves.
fn drop_own(headers: &mut HeaderMap) {
    let is_own = |name: &&HeaderName| name.as_str().starts_with(metadata::PREFIX);
    let own: Vec<HeaderName> = headers.keys().filter(is_own).cloned().collect();
    for name in own {
        headers.remove(name);
    }
}

/// Leaves the headers that services are told.
fn keep_passed_on(headers: &mut HeaderMap) {
    let mut all = std::mem::take(headers);
    for name in PASSED_ON {
        if let Some(value) = all.remove(&name) {
            headers.insert(name, value);
        }
    }
}

/// A part of a response, whose last one may have headers of its own.
fn without_own_trailers(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(mut trailers) => {
            drop_own(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(frame) => frame,
    }
}

fn session_ended() -> Status {
    Failure::unauthenticated("SESSION_ENDED").into_status_saying("the session has ended; log in again")
}

fn cross_origin() -> Status {
    let failure = Failure::denied("CROSS_ORIGIN");
    failure.into_status_saying("only pages of this very origin may use the session cookie")
}
