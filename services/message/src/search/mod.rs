//! Finding messages by what they say.
//!
//! ```text
//! fold.rs    makes texts equal that differ in what people do not mean
//! terms.rs   what a text is found by; what a query asks for
//! ```
//!
//! # Invariants
//!
//! * Both stores keep the terms that are made here and compare them byte by
//!   byte, so both find the same.
//! * A text and a query go the same way: what is cut from the one is cut from
//!   the other.

mod fold;
mod terms;

#[cfg(test)]
mod corpus;

pub use terms::Query;
