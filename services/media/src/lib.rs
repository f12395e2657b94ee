//! The media service: pictures and files, and who may see them.
//!
//! # How a request flows
//!
//! ```text
//! service.rs     decodes the request and names the caller    knows protobuf
//!   convert.rs   parses; after it there are no unparsed texts
//!   handlers/    decides; one file per RPC                   knows the domain
//!     domain/    the rules that need no I/O
//!     spool.rs   bytes lie here until they are kept, hashed as they come
//!     intake/    what they are, and what of them is kept     knows files, no store
//!     scan.rs    has a virus scanner look at them
//!     uploading.rs  how many files each person is uploading now
//!     access.rs  asks the message service who sees what
//!     blobs/     keeps bytes by their hash                   local, S3, Cloudinary
//!     store/     keeps and finds all else                    knows a database
//! check.rs       compares the bytes with what is known of them, for operators
//! sweeper.rs     removes what nobody needs, beside all requests
//! error.rs       says what went wrong, once
//! ```
//!
//! # Invariants
//!
//! * What a file is is told by its bytes, never by its name or by what a client says.
//! * Nothing is acknowledged before its bytes and what is known of them are durable.
//! * The same bytes are kept once, and go when nobody uses them.
//! * Nobody has more than their quota, however many upload at once.
//! * What a crash leaves behind is found and removed by the sweeper.
//! * Nothing is decoded in this process.
//! * Every store passes the same tests: `store/contract.rs`, `blobs/contract.rs`.

mod access;
pub mod blobs;
mod check;
mod config;
mod convert;
pub mod domain;
mod error;
mod handlers;
pub mod intake;
pub mod scan;
mod service;
mod signature;
pub mod spool;
mod store;
mod sweeper;
mod uploading;

pub use check::{CheckError, Checked, Finding, check};
pub use config::Config;
pub use service::{Clients, Kept, MediaService};
pub use store::Stores;
pub use sweeper::Sweeper;
