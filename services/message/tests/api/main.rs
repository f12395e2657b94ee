//! The message service as its clients see it.
#![expect(clippy::unwrap_used, reason = "a test that is answered otherwise fails")]

mod attachments;
mod auth;
mod blocks;
mod calls;
mod erasure;
mod group_limits;
mod group_streams;
mod groups;
mod keys;
mod limits;
mod live;
mod marks;
mod media;
mod messages;
mod middles;
mod nodes;
mod pace;
mod presence;
mod push_service;
mod pushes;
mod reader;
mod references;
mod refusals;
mod resume;
mod search;
mod settings;
mod typing;
mod world;
