//! Entity tags: what a client has already it need not get again (RFC 9110, section 13.1.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use sha2::{Digest, Sha256};

/// The tag of something whose SHA-256 is `hash`.
pub fn of_hash(hash: [u8; 32]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash))
}

/// The tag of `content`.
pub fn of(content: &[u8]) -> String {
    of_hash(Sha256::digest(content).into())
}

/// Whether a client that says `if-none-match: known` has what `tag` stands for.
pub fn is_known(known: Option<&HeaderValue>, tag: &str) -> bool {
    let known = known.and_then(|known| known.to_str().ok()).unwrap_or_default();
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
