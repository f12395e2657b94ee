//! The gateway before services that are not there: what it lets pass, in which
//! form, and what it answers itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod calls;
mod endings;
mod forgery;
mod headers;
mod pages;
mod rates;
mod sessions;
mod smuggling;
mod spellings;
mod stage;
