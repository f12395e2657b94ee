//! An authenticator app, written apart from the service by RFC 6238.

use aws_lc_rs::hmac;
use confab_core::Timestamp;
use data_encoding::BASE32_NOPAD;

/// An app that knows a secret.
pub struct App(Vec<u8>);

impl App {
    /// One into which somebody has typed `secret`.
    pub fn new(secret: &str) -> Self {
        Self(BASE32_NOPAD.decode(secret.as_bytes()).unwrap())
    }

    /// What it shows at `now`.
    pub fn code(&self, now: Timestamp) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let counter = u64::try_from(now.as_seconds() / 30).unwrap();
        let tag = hmac::sign(&key, &counter.to_be_bytes());
        let tag = tag.as_ref();
        let start = usize::from(tag[19] % 16);
        let number = u32::from_be_bytes(tag[start..start + 4].try_into().unwrap()) % (1 << 31);
        format!("{:06}", number % 1_000_000)
    }
}
