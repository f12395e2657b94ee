//! A listener with every limit set, and its orderly end.

use std::time::Duration;

use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::{Shutdown, StandardServices};

/// How long calls may go on after the end has begun. Orchestrators kill after 30 s.
pub const DRAIN_MAX: Duration = Duration::from_secs(25);

/// How many calls one connection may have open at once. Announced in SETTINGS.
const STREAMS_MAX: u32 = 128;
/// How many streams a peer may reset before we have looked at them ("rapid
/// reset", CVE-2023-44487) before the connection is closed.
const PENDING_RESETS_MAX: usize = 20;
/// How many streams we may have to reset because of a peer's mistakes
/// ("MadeYouReset", CVE-2025-8671) before the connection is closed.
const LOCAL_RESETS_MAX: usize = 64;
/// The size of all headers of a request together, in bytes.
const HEADER_LIST_BYTES_MAX: u32 = 16 * 1024;
/// The size of an HTTP/2 frame, in bytes: the least that the protocol allows.
const FRAME_BYTES_MAX: u32 = 16 * 1024;
/// How much of one request may be under way unread, in bytes.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// How much of all requests of a connection may be under way unread, in bytes.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// How often a silent connection is asked whether it lives.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to that may take.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// After this a connection is told to go, so that load spreads over new nodes.
const CONNECTION_AGE_MAX: Duration = Duration::from_mins(30);
/// How long its calls may go on then: longer than any stream, which ends with its token.
const CONNECTION_AGE_GRACE: Duration = Duration::from_mins(11);

/// Serves `routes`, with health and reflection beside them, until `shutdown`
/// begins and what was under way has ended, for at most [`DRAIN_MAX`].
///
/// HTTP/2 and, for gRPC-Web and pages, HTTP/1.1, in clear text.
///
/// # Errors
///
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    routes: Routes,
    standard: StandardServices,
    shutdown: Shutdown,
) -> Result<(), tonic::transport::Error> {
    let server = Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
        .http2_max_local_error_reset_streams(Some(LOCAL_RESETS_MAX))
        .http2_max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_keepalive_interval(Some(KEEP_ALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
        .max_connection_age(CONNECTION_AGE_MAX)
        .max_connection_age_grace(CONNECTION_AGE_GRACE)
        .add_routes(routes);

    let incoming =
        TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(KEEP_ALIVE_INTERVAL));
    // Readiness goes first: whoever balances load looks away before the door closes.
    let stopped = async {
        shutdown.begun().await;
        standard.stop().await;
    };
    // A connection that never says anything would hold up the orderly end for ever.
    let overdue = async {
        shutdown.begun().await;
        tokio::time::sleep(DRAIN_MAX).await;
    };
    tokio::select! {
        ended = server.serve_with_incoming_shutdown(incoming, stopped) => ended,
        () = overdue => {
            tracing::warn!("some calls had not ended {DRAIN_MAX:?} after the end began; they are cut off");
            Ok(())
        }
    }
}
