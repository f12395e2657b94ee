//! Two nodes with everything in them, one MongoDB of three, one NATS: people talk while
//! each of these is taken away and comes back. Then all that they saw is checked.
//!
//! ```text
//! run.rs           how a run goes, and what is said of it
//!   blow.rs          what is taken away when
//!   twins.rs         the nodes
//!   replica_set.rs   the MongoDB
//!   talker.rs        says one thing after another until enough is said
//!   follower.rs      listens, and comes back knowing what it heard
//! ```
//!
//! The people, the history and the checker are those of `bench`.
//!
//! # Invariants
//!
//! * People know nothing of what is done to the nodes: they try again, as clients do.
//! * A run in which too little happened fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod blow;
mod follower;
#[path = "../cluster/nats.rs"]
mod nats;
#[path = "../durability/place.rs"]
mod place;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../program/process.rs"]
mod process;
#[expect(dead_code, reason = "other tests need the rest of it")]
mod replica_set;
mod run;
#[path = "../durability/seed.rs"]
mod seed;
mod talker;
mod twins;
