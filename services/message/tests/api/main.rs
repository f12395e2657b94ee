//! The message service as its clients see it.
#![expect(clippy::unwrap_used, reason = "a test that is answered otherwise fails")]

mod blocks;
mod calls;
mod live;
mod messages;
mod presence;
mod refusals;
mod world;
