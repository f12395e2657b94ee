//! What a listener bears: clients that break the rules, and those that only wait.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod age;
mod desync;
mod floods;
mod http2;
mod limits;
mod place;
mod slow;
mod tls;
