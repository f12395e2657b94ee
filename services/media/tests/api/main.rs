//! The media service as its callers see it: through the contract, in process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to fail")]

mod downloads;
mod leaving;
mod neighbours;
mod quota;
mod resume;
mod rights;
mod sweeping;
mod uploads;
mod world;
