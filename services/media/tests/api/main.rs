//! The media service as its callers see it: through the contract, in process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to fail")]

mod downloads;
mod everywhere;
mod hostile_names;
mod leaving;
mod mishaps;
mod names;
mod neighbours;
mod quota;
mod resume;
mod rights;
mod scanning;
mod sweeping;
mod uploads;
mod world;
