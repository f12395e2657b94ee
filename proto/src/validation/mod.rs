//! What the generated checks are made of.
//!
//! `build/validation.rs` writes a [`Validate`] for every message. It walks the
//! message, keeps a [`Path`] to where it is, asks the predicates of [`rules`],
//! and adds what is broken to [`Violations`].

mod path;
pub mod rules;

pub use path::Path;

/// A message that can be held against the rules of the contract.
pub trait Validate {
    /// Whether the message asks for something, as opposed to answering or
    /// being a part of others.
    const IS_REQUEST: bool;

    /// Adds every rule that the message, which stands at `at`, breaks.
    fn validate(&self, at: &Path<'_>, violations: &mut Violations) {
        // Messages without rules.
        let _ = (at, violations);
    }
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: `known_heads[3].conversation_id`.
    pub field: String,
    /// What is wrong, to be read after the name of the field: `must be a UUID`.
    pub problem: &'static str,
}

/// The rules that a message breaks, as many of them as anybody would read.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<Violation>,
    bytes: usize,
}

impl Violations {
    /// How many are kept.
    pub const COUNT_MAX: usize = 100;

    /// How many bytes of text are kept. All of it travels in one header, for
    /// which clients and proxies have no more than 8 to 16 KiB.
    pub const BYTES_MAX: usize = 4 * 1024;

    /// Everything that is wrong with `message`.
    pub fn of(message: &impl Validate) -> Self {
        let mut violations = Self::default();
        message.validate(&Path::Root, &mut violations);
        violations
    }

    /// Notes that what stands `at` a place has a `problem`, unless there is no room.
    pub fn add(&mut self, at: &Path<'_>, problem: &'static str) {
        if self.is_full() {
            return;
        }
        let field = at.to_string();
        self.bytes += field.len() + problem.len();
        self.found.push(Violation { field, problem });
    }

    /// Whether there is no room for more, and so no use in looking on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.found.len() >= Self::COUNT_MAX || self.bytes >= Self::BYTES_MAX
    }

    /// What was found, of each message its oneofs first and then its other fields.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.found
    }
}
