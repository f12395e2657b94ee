//! Sockets whose owners prove a little later who they are.
//!
//! The app's client asks for its socket by polling, and says nothing of cookies. From a page
//! on another port a browser sends none then, but it does with the WebSocket that the socket
//! becomes. So a socket that an origin with cookies asks for may be there without an owner for
//! some seconds, in which nothing is told over it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::SetOnce;

use super::refused::Refused;
use super::seats::Seat;
use super::sockets::Guest;

/// The longest answer that gives a socket its name, in bytes.
const OPENING_BYTES_MAX: usize = 4 * 1024;

/// All sockets without an owner, by their names.
#[derive(Default)]
pub struct Claims(Mutex<HashMap<String, Weak<Claim>>>);

/// What somebody says of a socket: that it is theirs.
pub struct Claim {
    /// Whose it is said to be.
    pub user: String,
    proof: SetOnce<Guest>,
    /// Held until the socket is gone.
    _seat: Seat,
}

impl Claim {
    /// That a socket, which takes this `seat`, is of `user`.
    pub fn new(user: String, seat: Seat) -> Arc<Self> {
        Arc::new(Self { user, proof: SetOnce::new(), _seat: seat })
    }

    /// It is proved: the socket is of `guest`. The first who proves it is the last.
    pub fn prove(&self, guest: Guest) {
        let _ = self.proof.set(guest);
    }

    /// Waits for the proof.
    pub async fn proven(&self) -> Guest {
        self.proof.wait().await.clone()
    }
}

impl Claims {
    /// Keeps `claim` under the name that `response`, the first to a client, gives its socket.
    pub async fn keep(&self, claim: &Arc<Claim>, response: Response) -> Response {
        let (head, body) = response.into_parts();
        let Ok(body) = to_bytes(body, OPENING_BYTES_MAX).await else {
            return Refused::incomplete().into_response();
        };
        if let Some(name) = name(&body) {
            let mut kept = self.lock();
            // As many are there as there are seats.
            kept.retain(|_, claim| claim.strong_count() > 0);
            kept.insert(name, Arc::downgrade(claim));
        }
        Response::from_parts(head, Body::from(body))
    }

    /// The claim to the socket called `name`, if it has no owner yet.
    pub fn find(&self, name: &str) -> Option<Arc<Claim>> {
        let claim = self.lock().get(name)?.upgrade()?;
        claim.proof.get().is_none().then_some(claim)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Claim>>> {
        // Nothing that is done under the lock can fail half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the socket that `body` opens (Engine.IO 4: a packet `0`, and JSON).
fn name(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Opening {
        sid: String,
    }
    serde_json::from_slice(body.strip_prefix(b"0")?).ok().map(|Opening { sid }| sid)
}

#[cfg(test)]
mod tests {
    use super::super::seats::Seats;
    use super::*;

    #[tokio::test]
    async fn a_claim_is_known_by_the_name_of_its_socket_as_long_as_that_is_there() {
        let claims = Claims::default();
        let claim = Claim::new("ada".into(), Seats::default().take("", None).unwrap());
        let opening = r#"0{"sid":"abc","upgrades":["websocket"]}"#;
        let answer = claims.keep(&claim, opening.into_response()).await;
        assert_eq!(to_bytes(answer.into_body(), OPENING_BYTES_MAX).await.unwrap(), opening);

        assert_eq!(claims.find("abc").unwrap().user, "ada");
        assert!(claims.find("abd").is_none());
        drop(claim);
        assert!(claims.find("abc").is_none());
    }
}
