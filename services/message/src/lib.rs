//! The message service: conversations, and what people say in them.
//!
//! # How a request flows
//!
//! ```text
//! service/       decodes the request and names the caller    knows protobuf
//!   convert/     parses; after it there are no unparsed texts
//!   handlers/    decides; one file per RPC                   knows the domain
//!     domain/    the rules that need no I/O
//!     library.rs   attaches what the media service keeps
//!     contacts.rs  knows what auth says about two people
//!     pace.rs    how much may happen in one conversation
//!     append.rs  queues what is to be stored, and stores it in batches
//!     marks.rs   the same for how far people have read
//!     store/     keeps and finds                             knows a database
//!   search/      follows the log, and finds what was said
//!   live/        tells those who watch what was stored
//!   push/        tells devices while nobody watches
//! error.rs       says what went wrong, once
//! ```
//!
//! # Invariants
//!
//! * The log is the truth: `(conversation, seq)` without holes. Everything else
//!   that is kept can be made from it.
//! * Nothing is acknowledged, and nobody hears of it, before it is durable.
//! * An event is seen only by members of its conversation.
//! * Of two people of whom one has blocked the other, neither reaches the other
//!   alone, and neither learns why.
//! * Order comes from `seq`, never from a clock.
//! * No message waits for a push.
//! * Handlers see neither protobuf nor a database.
//! * Every store passes the same tests: `store/contract.rs`.

mod append;
mod config;
mod contacts;
mod convert;
mod domain;
mod error;
mod finisher;
mod handlers;
mod library;
mod live;
mod marks;
mod members;
#[cfg(test)]
mod model;
mod pace;
mod push;
mod search;
mod service;
mod store;

pub use append::APPENDS_WAITING;
pub use config::{Config, ConversationLimits, InnerAddresses, PushConfig, PushSwitch};
pub use push::{InvalidPushKey, Outside, PUSHES, PUSHES_DROPPED, PushKey, Pusher};
pub use service::{Clients, MessageService};
pub use store::{Ledger, Stores};
