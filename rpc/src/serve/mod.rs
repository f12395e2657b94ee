//! A listener with every limit set, and its orderly end.
//!
//! ```text
//! door.rs        where we listen, and whom we let in
//!   crowd.rs       how many connections, from each network and in all
//!   tls.rs         the certificate, taken up anew when it changes; pinned.rs: a client that believes it
//! connection.rs  one connection: HTTP/1.1 and HTTP/2, with every limit, until it ends
//!   grudges.rs     from where clients come that are told to go again and again: who comes from there waits
//!   watched.rs     its bytes: whoever is slow, or says nothing at great length, is cut off
//!   meter.rs       what a client says, counted frame by frame; head.rs: the heads of HTTP/1
//!   patience.rs    request bodies that do not come
//! ```

mod connection;
mod crowd;
mod door;
mod grudges;
mod head;
mod meter;
mod patience;
mod pinned;
mod tls;
mod watched;

use std::io;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, SystemClock};
use metrics::counter;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tonic::service::Routes;

use crate::{Quota, Rate, Shutdown, StandardServices, measure};

use connection::Conversations;
use crowd::{Crowd, Full};

pub use door::{Door, DoorConfig, listen};
pub use pinned::connect as connect_pinned;
pub use tls::{Tls, TlsError};

/// How long calls may go on after the end has begun. Orchestrators kill after 30 s.
pub const DRAIN_MAX: Duration = Duration::from_secs(25);

/// What to wait before the next connection is accepted when the system has
/// nothing to give one: no descriptor, or no memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How often a minute it is said in the log that somebody was turned away.
const COMPLAINTS_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN;

/// Serves `routes` at `door`, with health and reflection beside them, until
/// `shutdown` begins and what was under way has ended, for at most [`DRAIN_MAX`].
///
/// HTTP/2 and, for gRPC-Web and pages, HTTP/1.1. It goes on whatever happens to
/// a connection, and also when the system has no descriptor for another one.
pub async fn serve(door: Door, routes: Routes, standard: StandardServices, shutdown: Shutdown) {
    let Door { listener, limits, tls } = door;
    let closing = Shutdown::new();
    let conversations = Arc::new(Conversations::new(routes, tls, closing.clone(), limits));
    let crowd = Crowd::new(limits);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let complaints = Rate::new(Quota::per_minute(COMPLAINTS_PER_MINUTE), None, 1, &clock);
    let mut open = JoinSet::new();
    loop {
        let stream = tokio::select! {
            biased;
            () = shutdown.begun() => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            stream = accept(&listener) => stream,
        };
        let address = stream.peer_addr().map(|peer| peer.ip());
        let Ok(admitted) = address.map_err(|_| Full).and_then(|address| crowd.admit(address)) else {
            counter!(measure::TURNED_AWAY).increment(1);
            // Closed at once: whoever waits in vain is worse off.
            if complaints.count(None::<()>).is_ok() {
                tracing::warn!("there are too many connections; new ones are turned away");
            }
            continue;
        };
        let conversations = conversations.clone();
        open.spawn(async move {
            conversations.hold(stream).await;
            drop(admitted);
        });
    }

    // Readiness goes first: whoever balances load looks away before the door closes.
    standard.stop().await;
    drop(listener);
    closing.begin();
    let ended = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_MAX, ended).await.is_err() {
        tracing::warn!("some calls had not ended {DRAIN_MAX:?} after the end began; they are cut off");
    }
}

/// The next connection, however long the system has none to give.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // It was gone before we looked: that says nothing about the next one.
            Err(error) if is_about_the_peer(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted now; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_about_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
