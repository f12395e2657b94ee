//! The media service: pictures and files, and who may see them.
//!
//! # How an upload flows
//!
//! ```text
//! spool.rs       bytes lie here until they are kept, hashed as they come
//! intake/        what they are, and what of them is kept     knows files, no store
//! blobs/         keeps bytes by their hash                   local, S3, Cloudinary
//! domain/        the rules that need no I/O
//! ```
//!
//! # Invariants
//!
//! * What a file is is told by its bytes, never by its name or by what a client says.
//! * The same bytes are kept once.
//! * Nothing is decoded in this process.

pub mod blobs;
pub mod domain;
pub mod intake;
pub mod spool;
