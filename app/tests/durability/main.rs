//! What was acknowledged stays: while the real program is killed again and
//! again, and after.
//!
//! # How a run goes
//!
//! ```text
//! ordeal.rs      starts, kills, starts again; in the end asks everybody
//!   sender.rs      says one thing after another, and makes sure of most
//!   subscriber.rs  listens, and comes back knowing what it heard
//! ```
//!
//! The people, the history and the checker are those of `bench`.
//!
//! # Invariants
//!
//! * Nothing is checked while it happens: the checker sees the whole history,
//!   and nothing but the history.
//! * A run in which too little happened fails.
//! * A killed process loses what it had in memory, and nothing that the system
//!   had taken from it. What a power cut takes as well, this does not show.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod kills;
mod ordeal;
mod phase;
mod place;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../program/process.rs"]
mod process;
mod restart;
mod seed;
mod sender;
mod subscriber;
