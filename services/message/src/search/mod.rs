//! Finding messages by what they say.
//!
//! ```text
//! fold.rs     makes texts equal that differ in what people do not mean
//! terms.rs    what a text is found by; what a query asks for
//! entry.rs    what is kept of a message; what is looked for
//! indexer.rs  follows the log, behind those who write
//! ```
//!
//! # Invariants
//!
//! * Both stores keep the terms that are made here and compare them byte by
//!   byte, so both find the same.
//! * A text and a query go the same way: what is cut from the one is cut from
//!   the other.
//! * The index says where to look, the log what is there: nothing is shown that
//!   was edited or deleted since it was indexed.

mod entry;
mod fold;
mod indexer;
mod terms;

#[cfg(test)]
mod corpus;

pub use entry::{Entry, Feature, Found, Place, Scope, Search, found_by};
pub use indexer::Indexer;
pub use terms::{Query, Term};
