//! The public halves of the keys that access tokens are signed with.

use std::time::Duration;

use confab_core::Timestamp;
use confab_rpc::token::ACCESS_LIFETIME;

/// A public key that anybody may check access tokens with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// The name of the key, its thumbprint (RFC 7638). Tokens carry it as `kid`.
    pub id: String,
    /// The key, Ed25519.
    pub bytes: [u8; Self::BYTES],
    /// When it was first published.
    pub created: Timestamp,
}

impl PublishedKey {
    /// The length of an Ed25519 public key, in bytes.
    pub const BYTES: usize = 32;

    /// How many keys are published at once, at the most. Two are enough to
    /// change a key; each auth node with a key of its own needs one.
    pub const COUNT_MAX: usize = 16;

    /// How long a key is kept after it was registered last. Its tokens have
    /// expired long before, and a node that comes back registers it again.
    pub const UNUSED_TIME_MAX: Duration = Duration::from_hours(30 * 24);

    /// How long a key is published after another took its place: as long as its
    /// tokens live, and a minute for clocks and for nodes that change later.
    pub const RETIRED_TIME_MAX: Duration = ACCESS_LIFETIME.saturating_add(Duration::from_mins(1));
}
