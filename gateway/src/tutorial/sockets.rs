//! `/socket.io`: who may have a socket.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use confab_core::{Clock, Network};
use confab_rpc::Shutdown;
use http::{HeaderValue, header};
use socketioxide::SocketIo;
use socketioxide::extract::{HttpExtension, SocketRef};
use socketioxide::service::SocketIoService;
use tokio::time::timeout;
use tower::ServiceExt;

use super::asker::Asker;
use super::claims::{Claim, Claims};
use super::live::Live;
use super::refused::Refused;
use super::seats::{Seat, Seats};
use crate::forwarding::Forwarding;

/// How often a client is asked whether it is there, and how long that may take.
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a client may take to ask for what there is, and to change to a WebSocket.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// How many messages wait for one slow reader. Those after them are fetched
/// from the log when it has read these.
const QUEUE_LEN: usize = 16;
/// The most that is sent or taken at once, in bytes: the longest message, with
/// every character of it written as `\u0000`, and what stands around it.
const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// What is kept to read what clients send, which is next to nothing, in bytes.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// What to wait before asking for a socket again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// All sockets.
pub struct Sockets {
    service: SocketIoService<Router>,
    seats: Seats,
    claims: Claims,
    forwarding: Arc<Forwarding>,
    cookie_origins: Vec<HeaderValue>,
}

/// Whose a socket is.
#[derive(Clone)]
enum Owner {
    /// Somebody's.
    Known(Box<Guest>),
    /// That is still to be proved.
    Claimed(Arc<Claim>),
}

/// Whoever has a socket, for as long as it lasts.
#[derive(Clone)]
pub struct Guest {
    /// In whose name is asked what there is to tell.
    pub asker: Asker,
    /// Who that is.
    pub user: String,
    /// Held as long as the socket is.
    _seat: Arc<Seat>,
}

impl Sockets {
    /// No sockets yet.
    pub fn new(
        forwarding: Arc<Forwarding>,
        cookie_origins: Vec<HeaderValue>,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
    ) -> Self {
        let (service, io) = SocketIo::builder()
            .ping_interval(PING_INTERVAL)
            .ping_timeout(PING_TIMEOUT)
            .connect_timeout(CONNECT_TIME_MAX)
            .upgrade_timeout(CONNECT_TIME_MAX)
            .max_buffer_size(QUEUE_LEN)
            .max_payload(PAYLOAD_BYTES_MAX as u64)
            .ws_max_message_size(PAYLOAD_BYTES_MAX)
            .ws_max_frame_size(PAYLOAD_BYTES_MAX)
            .ws_read_buffer_size(READ_BUFFER_BYTES)
            .build_with_inner_svc(Router::new());
        let all = io.clone();
        io.ns("/", move |socket: SocketRef, HttpExtension(owner): HttpExtension<Owner>| {
            let (clock, shutdown, all) = (clock.clone(), shutdown.clone(), all.clone());
            async move {
                let told = async {
                    match owner.known().await {
                        Some(guest) => Live::new(socket, guest, &*clock).run().await,
                        None => Live::close(&socket).await,
                    }
                };
                tokio::select! {
                    () = told => {}
                    // Clients come back by themselves when the connection ends.
                    () = shutdown.begun() => all.close().await,
                }
            }
        });
        Self { service, seats: Seats::default(), claims: Claims::default(), forwarding, cookie_origins }
    }

    /// Lets whoever asks have a socket without an owner, if a page asks that may use cookies and
    /// the browser has sent none with it.
    fn admit_claim(&self, asker: &Asker, query: &str) -> Option<Result<Arc<Claim>, Refused>> {
        let (headers, extensions) = asker.place();
        let mut said = pairs(query).filter(|(name, _)| name == "userId");
        let is_polling = pairs(query).any(|pair| pair == ("transport".into(), "polling".into()));
        let is_trusted = headers.get(header::ORIGIN).is_some_and(|page| self.cookie_origins.contains(page));
        if headers.contains_key(header::COOKIE) || !is_polling || !is_trusted {
            return None;
        }
        let (Some((_, user)), None) = (said.next(), said.next()) else { return None };
        let network = self.forwarding.address(headers, &extensions).map(Network::of);
        // Not among the seats of whoever it is said to be: anybody can say so.
        let seat = self.seats.take(&format!("{network:?}"), network);
        Some(
            seat.map(|seat| Claim::new(user.into_owned(), seat))
                .ok_or(Refused::too_many_sockets(RETRY_AFTER)),
        )
    }

    /// Lets whoever asks have the socket called `name`, if it has no owner, and they prove that it is theirs.
    async fn prove(&self, asker: &Asker, name: &str) -> Result<(), Refused> {
        let claim = self.claims.find(name).filter(|_| asker.place().0.contains_key(header::COOKIE));
        let Some(claim) = claim else { return Ok(()) };
        let guest = self.admit(asker, "").await?;
        if guest.user != claim.user {
            return Err(Refused::other_user());
        }
        claim.prove(guest);
        Ok(())
    }

    /// Lets whoever asks have a socket, if it is theirs and there is room.
    async fn admit(&self, asker: &Asker, query: &str) -> Result<Guest, Refused> {
        let user = asker.me().await?.user_id;
        let mut said = pairs(query).filter(|(name, _)| name == "userId");
        if !said.all(|(_, id)| id == user) {
            return Err(Refused::other_user());
        }
        let (headers, extensions) = asker.place();
        let network = self.forwarding.address(headers, &extensions).map(Network::of);
        let seat = self.seats.take(&user, network).ok_or_else(|| Refused::too_many_sockets(RETRY_AFTER))?;
        Ok(Guest { asker: asker.clone(), user, _seat: Arc::new(seat) })
    }
}

/// Answers a request for a socket, or of one: by polling, or to become a WebSocket.
pub async fn serve(
    State(sockets): State<Arc<Sockets>>,
    Extension(asker): Extension<Asker>,
    mut request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let mut claim = None;
    // One that names a socket never opens one; the name is a secret of 96 bits.
    let owner = match query.split('&').find_map(|pair| pair.strip_prefix("sid=")) {
        Some(name) => sockets.prove(&asker, name).await.map(|()| None),
        None => match sockets.admit_claim(&asker, query) {
            Some(claimed) => claimed.map(|claimed| Some(Owner::Claimed(claim.insert(claimed).clone()))),
            None => sockets.admit(&asker, query).await.map(|guest| Some(Owner::Known(guest.into()))),
        },
    };
    match owner {
        Ok(Some(owner)) => drop(request.extensions_mut().insert(owner)),
        Ok(None) => {}
        Err(refused) => return refused.into_response(),
    }
    // The head of the first request is kept as long as the socket.
    request.headers_mut().remove(header::COOKIE);
    request.extensions_mut().remove::<Asker>();
    let answered: Result<_, Infallible> = sockets.service.clone().oneshot(request).await;
    let Ok(response) = answered;
    let response = response.map(Body::new);
    match claim {
        Some(claim) => sockets.claims.keep(&claim, response).await,
        None => response,
    }
}

impl Owner {
    /// Who it is, if they prove it in time.
    async fn known(self) -> Option<Guest> {
        match self {
            Self::Known(guest) => Some(*guest),
            Self::Claimed(claim) => timeout(CONNECT_TIME_MAX, claim.proven()).await.ok(),
        }
    }
}

/// What `query` says.
fn pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}
