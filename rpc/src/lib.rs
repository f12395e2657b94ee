//! How services are reached and how they answer.
//!
//! ```text
//! channel.rs    the way to a service: in this process, or over TCP; callers cannot tell
//! guard.rs      stands before every service: who calls, in time, and not too many at once
//! deadline.rs   until when a call may take, told from call to call
//!   verifier.rs   checks access tokens of users and service tokens of services
//!   keys.rs       the public keys for that, fetched and kept
//!   revoked.rs    sessions that have ended before their tokens
//! caller.rs     on whose behalf a request is made; address.rs: from where
//! failure.rs    what a client is told when something went wrong
//! measure.rs    what is counted of calls; figures.rs: for whoever looks at it
//! rate.rs       how often something may happen
//! seen.rs       a body that somebody looks at as it goes by
//! trace.rs      request ids and W3C trace context, passed on from call to call
//! serve/        a listener with every limit set, TLS if it is configured, and its orderly end
//! ```
//!
//! # Invariants
//!
//! * A service believes no header: it checks the token itself, also behind the gateway. The one
//!   about the address of a client it believes if a service token comes with it.
//! * A method that says nothing about who may call it is closed ([`confab_proto::access`]).
//! * A [`Channel`] never fails: what cannot be reached answers UNAVAILABLE.
//! * Nothing here knows what any service does.

mod address;
mod caller;
mod channel;
mod deadline;
mod failure;
mod figures;
mod guard;
mod keys;
pub mod measure;
pub mod metadata;
mod rate;
mod revoked;
mod seen;
mod serve;
mod shutdown;
mod standard;
pub mod telemetry;
pub mod token;
mod trace;
mod verifier;

pub use address::ClientAddress;
pub use caller::Caller;
pub use channel::{Channel, LateEnd};
pub use deadline::{GRPC_TIMEOUT, keep_deadline};
pub use failure::Failure;
pub use figures::Figures;
pub use guard::{guard, refuse_overload};
pub use keys::{KeySource, PublicKey, RemoteKeys};
pub use rate::{Quota, Rate, Share, TooOften};
pub use revoked::Revoked;
pub use seen::{Part, seen};
pub use serve::{DRAIN_MAX, Door, DoorConfig, Tls, TlsError, connect_pinned, listen, serve};
pub use shutdown::Shutdown;
pub use standard::{Reflection, StandardServices};
pub use token::ServiceKey;
pub use trace::{REQUEST_ID, TRACEPARENT, TraceContext, traced};
pub use verifier::TokenVerifier;
