//! The program as people meet it: its command line, its files, its beginning and its end.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod admin;
mod browser;
mod configuration;
mod descriptors;
mod doors;
mod forgeries;
mod leaving;
mod limits;
mod process;
mod readme;
mod secrets;
mod start;
mod tls;
mod tokens;
mod tools;
mod town;
mod waiting;
mod watched;
