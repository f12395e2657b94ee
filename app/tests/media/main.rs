//! Pictures and files through the real program: over HTTP, and while it is killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

#[path = "../../../services/auth/tests/api/authenticator.rs"]
mod authenticator;
mod elsewhere;
mod endings;
#[path = "../../../services/media/tests/api/hostile_names.rs"]
mod hostile_names;
mod http;
mod kills;
mod names;
mod person;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../program/process.rs"]
mod process;
mod roles;
mod trouble;
mod tus;
