//! Who hears what, how soon, over real connections: on two nodes with one MongoDB and
//! a NATS that comes and goes, and on one that has a reader who does not read.
//!
//! ```text
//! nodes.rs    starts the processes
//! nats.rs     the NATS
//! person.rs   calls a node, and listens to one
//! ```

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod delivery;
mod nats;
mod nodes;
mod person;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../durability/place.rs"]
mod place;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../program/process.rs"]
mod process;
mod revocation;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../durability/seed.rs"]
mod seed;
mod slow;
