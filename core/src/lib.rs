//! Words of the domain that every service speaks: ids, pages, time, networks, names of files.
//!
//! # Invariants
//!
//! * Nothing here does I/O, knows a service, or depends on another of our crates.
//! * The wall clock is read in one place, [`SystemClock`]; everybody else is given a [`Clock`].

mod clock;
mod disposition;
mod id;
mod network;
pub mod page;

pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use disposition::content_disposition;
pub use id::{ClientId, ConversationId, Id, InvalidId, MediaId, SessionId, StreamId, UserId};
pub use network::Network;
