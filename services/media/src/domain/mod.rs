//! The words of the media service: what there is, and the rules that need no I/O.

mod key;
mod kind;

pub use key::{BlobKey, InvalidKey};
pub use kind::{ContentType, MediaKind, Purpose, Variant};
