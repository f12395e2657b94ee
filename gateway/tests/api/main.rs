//! The gateway before services that are not there: what it lets pass, in which
//! form, and what it answers itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod beginnings;
mod calls;
mod deadlines;
mod endings;
mod forgery;
mod headers;
mod json;
mod json_refusals;
mod json_streams;
mod neighbours;
mod openapi;
mod pages;
mod panics;
mod rates;
mod same_meaning;
mod sessions;
mod smuggling;
mod spellings;
mod stage;
mod tutorial;
mod tutorial_pictures;
mod tutorial_sockets;
