//! The words of the media service: what there is, and the rules that need no I/O.

mod key;
mod kind;
mod media;
mod name;
mod place;
mod quota;
mod upload;

pub use key::{BlobKey, InvalidKey};
pub use kind::{ContentType, MediaKind, Purpose, Variant};
pub use media::{Form, Media};
pub use name::FileName;
pub use place::Place;
pub use quota::{Exceeded, Quota, Usage};
pub use upload::{Manner, Upload};
