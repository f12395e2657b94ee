//! A client's request, in whose name calls are made.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use confab_core::UserId;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::auth::v1::user_service_client::UserServiceClient;
use confab_proto::auth::v1::{GetMeRequest, User};
use confab_proto::media::v1::media_service_client::MediaServiceClient;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_rpc::REQUEST_ID;
use http::uri::Authority;
use http::{Extensions, HeaderMap, HeaderName, Uri, header};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tower::Service;

use super::pictures::Host;
use super::refused::Refused;
use crate::access::AskedBy;

/// What of a request says who asks, from where, from which page, and for what trace.
///
/// Not `authorization`: this door is for browsers, who hold no token.
const FORWARDED: [HeaderName; 9] = [
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    header::REFERER,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-forwarded-for"),
    REQUEST_ID,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Whoever sent a request. As a service it makes calls for them.
#[derive(Clone)]
pub struct Asker {
    calls: Router,
    headers: HeaderMap,
    /// Where the request was sent, if that does not stand among the headers.
    origin: Uri,
    peer: Option<TcpConnectInfo>,
    user: Arc<OnceLock<UserId>>,
}

impl Asker {
    /// Whoever sent `request`; `calls` are made through all that decides who may.
    pub fn of(request: &Request, calls: Router) -> Self {
        let mut headers = HeaderMap::new();
        for name in FORWARDED {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        let peer = request.extensions().get::<TcpConnectInfo>().cloned();
        Self { calls, headers, origin: origin(request.uri()), peer, user: Arc::default() }
    }

    /// Who that is, if a call has told.
    pub fn user(&self) -> Option<UserId> {
        self.user.get().copied()
    }

    /// Who that is, by their session.
    pub async fn me(&self) -> Result<User, Refused> {
        let user = self.auth().get_me(GetMeRequest {}).await?.into_inner().user;
        user.ok_or_else(Refused::incomplete)
    }

    /// Calls of the auth service: who somebody is.
    pub fn auth(&self) -> AuthServiceClient<Self> {
        AuthServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// Calls of the auth service: who others are.
    pub fn users(&self) -> UserServiceClient<Self> {
        UserServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// Calls of the message service: who talks with whom.
    pub fn conversations(&self) -> ConversationServiceClient<Self> {
        ConversationServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// Calls of the message service: what was said.
    pub fn messages(&self) -> MessageServiceClient<Self> {
        MessageServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// Calls of the message service: what happens.
    pub fn live(&self) -> LiveServiceClient<Self> {
        LiveServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// Calls of the media service: pictures.
    pub fn media(&self) -> MediaServiceClient<Self> {
        MediaServiceClient::with_origin(self.clone(), self.origin.clone())
    }

    /// The host that was asked.
    pub fn host(&self) -> Host {
        let said = || self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Host::of(self.origin.authority().map(Authority::as_str).or_else(said))
    }

    /// The headers that say who asks, and the other end of the connection.
    pub fn place(&self) -> (&HeaderMap, Extensions) {
        let mut extensions = Extensions::new();
        if let Some(peer) = &self.peer {
            extensions.insert(peer.clone());
        }
        (&self.headers, extensions)
    }
}

impl Service<http::Request<Body>> for Asker {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        request.headers_mut().extend(self.headers.clone());
        if let Some(peer) = &self.peer {
            request.extensions_mut().insert(peer.clone());
        }
        let (answered, user) = (self.calls.call(request), self.user.clone());
        Box::pin(async move {
            let response = answered.await?;
            if let Some(AskedBy(asker)) = response.extensions().get() {
                // Whoever it was, it is the same for the whole request.
                let _ = user.set(*asker);
            }
            Ok(response)
        })
    }
}

/// Where a request was sent to, as far as its URI says so.
fn origin(uri: &Uri) -> Uri {
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return Uri::default() };
    let origin =
        Uri::builder().scheme(scheme.clone()).authority(authority.clone()).path_and_query("/").build();
    origin.unwrap_or_default()
}

/// The failed calls of a request are its own failure.
impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self::of(&status)
    }
}
