//! Pictures and files through the real program: over HTTP, and while it is killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod http;
mod kills;
mod person;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../program/process.rs"]
mod process;
mod tus;
