//! The API of the chat app that many tutorials build: REST under `/api`, and Socket.IO.
//!
//! ```text
//! asker.rs       a client's request, in whose name calls are made
//! sent.rs        the body, as JSON
//! entry.rs       /api/auth: sign-up, log-in, log-out, profile
//! messages.rs    /api/messages: contacts, history, what is sent
//! sockets.rs     /socket.io: who may have a socket
//!   claims.rs      and who proves it later
//!   seats.rs       and how many
//!   live.rs        what is told over one, as long as the session lasts
//!     heads.rs       how far it has come in each conversation
//! pictures.rs    data URLs on their way here, addresses on their way back
//! shapes.rs      people and messages as the app knows them
//! refused.rs     what goes wrong, in its words
//! ```
//!
//! Nothing is kept here. Each request becomes calls to the services, through the
//! layers that gRPC goes through, with the cookie and the origin of whoever
//! asks. So rights, limits and rates are those of every other door.
//!
//! Where it differs from the app it is written in `docs/tutorial-api.md`.

mod asker;
mod claims;
mod entry;
mod heads;
mod live;
mod messages;
mod pictures;
mod refused;
mod seats;
mod sent;
mod shapes;
mod sockets;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use confab_core::Clock;
use confab_rpc::Shutdown;
use http::HeaderValue;

use crate::access::AskedBy;
use crate::forwarding::Forwarding;
use asker::Asker;
use refused::Refused;
use sockets::Sockets;

/// What the API is made of.
pub struct Parts {
    /// The services, behind everything that decides who may call them.
    pub calls: Router,
    /// Says from where a request comes.
    pub forwarding: Arc<Forwarding>,
    /// Origins whose pages may use the session cookie, as ours do.
    pub cookie_origins: Vec<HeaderValue>,
    /// Tells when a socket was opened.
    pub clock: Arc<dyn Clock>,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// Ends the sockets.
    pub shutdown: Shutdown,
}

/// Whether `path` is for this door.
pub fn is_for(path: &str) -> bool {
    let is_below =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_below("/api") || is_below("/socket.io")
}

/// What the log calls the route of `path`, if it is one of these.
pub fn route(path: &str) -> Option<&'static str> {
    const FIXED: [&str; 6] = [
        "/api/auth/signup",
        "/api/auth/login",
        "/api/auth/logout",
        "/api/auth/check",
        "/api/auth/update-profile",
        "/api/messages/users",
    ];
    const OPEN: [(&str, &str); 3] = [
        ("/api/messages/send/", "/api/messages/send/:id"),
        ("/api/messages/", "/api/messages/:id"),
        ("/socket.io", "/socket.io/"),
    ];
    let fixed = FIXED.into_iter().find(|route| path == *route);
    let open = || OPEN.into_iter().find(|(root, _)| path.starts_with(root)).map(|(_, route)| route);
    fixed.or_else(open)
}

/// Answers what [`is_for`] this door.
pub fn router(parts: Parts) -> Router {
    let Parts { calls, forwarding, cookie_origins, clock, body_time_max, shutdown } = parts;
    let sockets = Arc::new(Sockets::new(forwarding, cookie_origins, clock, shutdown));
    Router::new()
        .route("/api/auth/signup", post(entry::sign_up))
        .route("/api/auth/login", post(entry::log_in))
        .route("/api/auth/logout", post(entry::log_out))
        .route("/api/auth/check", get(entry::check))
        .route("/api/auth/update-profile", put(entry::update_profile))
        .route("/api/messages/users", get(messages::users))
        .route("/api/messages/{id}", get(messages::history))
        .route("/api/messages/send/{id}", post(messages::send))
        .route("/socket.io", get(sockets::serve).post(sockets::serve))
        .route("/socket.io/", get(sockets::serve).post(sockets::serve))
        .method_not_allowed_fallback(no_such_method)
        .fallback(no_such_path)
        .with_state(sockets)
        .layer(Extension(sent::Patience(body_time_max)))
        .layer(Extension(sent::Room::new()))
        .layer(from_fn_with_state(calls, ask))
}

/// Has calls made in the name of `request`, and notes for the log who it was.
async fn ask(State(calls): State<Router>, mut request: Request, next: Next) -> Response {
    let asker = Asker::of(&request, calls);
    request.extensions_mut().insert(asker.clone());
    let mut response = next.run(request).await;
    if let Some(user) = asker.user() {
        response.extensions_mut().insert(AskedBy(user));
    }
    response
}

async fn no_such_path() -> Response {
    Refused::not_found().into_response()
}

async fn no_such_method() -> Response {
    Refused::method().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_a_route_and_never_what_a_client_made_up() {
        assert_eq!(route("/api/messages/send/0192"), Some("/api/messages/send/:id"));
        assert_eq!(route("/api/messages/users"), Some("/api/messages/users"));
        assert_eq!(route("/api/messages/0192"), Some("/api/messages/:id"));
        assert_eq!(route("/socket.io/x"), Some("/socket.io/"));
        assert_eq!(route("/api/secret"), None);
    }

    #[test]
    fn only_what_is_below_its_two_roots_is_for_this_door() {
        for own in ["/api", "/api/", "/api/x/y", "/socket.io/", "/socket.io"] {
            assert!(is_for(own), "{own}");
        }
        for other in ["/", "/apis", "/socket.iox", "/v1/api", "/Api/auth/check"] {
            assert!(!is_for(other), "{other}");
        }
    }
}
