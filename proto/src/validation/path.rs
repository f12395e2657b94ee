//! Where in a message something stands.

use std::fmt;

/// A place in a message: `known_heads[3].conversation_id`.
///
/// Made on the way down, on the stack, and only written out when something is
/// wrong: a message without mistakes costs no allocation.
pub enum Path<'a> {
    /// The message itself.
    Root,
    /// A field, or a oneof.
    Field(&'a Path<'a>, &'static str),
    /// An item of a list.
    Item(&'a Path<'a>, usize),
    /// An entry of a map.
    Entry(&'a Path<'a>, &'a dyn fmt::Debug),
}

impl Path<'_> {
    /// How much of a key is shown. Keys come from the client and have any length.
    pub const KEY_CHARS_MAX: usize = 40;

    /// The field `name` of what stands here.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'static str) -> Path<'a> {
        Path::Field(self, name)
    }

    /// The item at `index` of the list that stands here.
    #[must_use]
    pub fn item(&self, index: usize) -> Path<'_> {
        Path::Item(self, index)
    }

    /// The entry under `key` of the map that stands here.
    #[must_use]
    pub fn entry<'a>(&'a self, key: &'a dyn fmt::Debug) -> Path<'a> {
        Path::Entry(self, key)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Entry(parent, key) => {
                let key: String = format!("{key:?}").chars().take(Self::KEY_CHARS_MAX).collect();
                write!(f, "{parent}[{key}]")
            }
        }
    }
}
