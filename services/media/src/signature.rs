//! Proof that an address was made by us, for one person, one form of one file,
//! and not for long.

use std::time::Duration;

use aws_lc_rs::hmac;
use confab_core::{MediaId, SessionId, Timestamp, UserId};
use confab_rpc::ServiceKey;

use crate::domain::Variant;

/// How long an address is good.
pub const LIFETIME: Duration = Duration::from_mins(5);

/// What the key is made for.
const USE: &str = "confab.media download address 2";

/// What an address is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The file.
    pub media: MediaId,
    /// In which form.
    pub variant: Variant,
    /// For whom it was made.
    pub user: UserId,
    /// In which session of theirs: it opens nothing once that has ended.
    pub session: SessionId,
    /// Until when. Whole seconds count.
    pub expires: Timestamp,
}

/// Makes and checks signatures.
#[derive(Clone)]
pub struct Signer(hmac::Key);

impl Signer {
    /// Signs with a key of its own, made of the key of the installation.
    pub fn new(key: &ServiceKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key.derive(USE)))
    }

    /// The signature of `grant`, 32 bytes.
    pub fn sign(&self, grant: Grant) -> Vec<u8> {
        hmac::sign(&self.0, &grant.to_bytes()).as_ref().to_vec()
    }

    /// Whether `signature` is that of `grant`, and it is good at `now`.
    pub fn holds(&self, grant: Grant, signature: &[u8], now: Timestamp) -> bool {
        let is_in_time = now < grant.expires && grant.expires <= now.plus(LIFETIME);
        hmac::verify(&self.0, &grant.to_bytes(), signature).is_ok() && is_in_time
    }
}

impl Grant {
    /// All of it, in a form that no other grant has.
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(self.media.as_uuid().as_bytes());
        bytes.extend_from_slice(self.user.as_uuid().as_bytes());
        bytes.extend_from_slice(self.session.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.expires.as_seconds().to_be_bytes());
        bytes.extend_from_slice(self.variant.word().as_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Id;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

    #[test]
    fn an_address_is_good_for_what_it_was_made_and_not_for_long() {
        let signer = Signer::new(&ServiceKey::generate().unwrap());
        let grant = Grant {
            media: Id::new(NOW),
            variant: Variant::Small,
            user: Id::new(NOW),
            session: Id::new(NOW),
            expires: NOW.plus(LIFETIME),
        };
        let signature = signer.sign(grant);
        assert!(signer.holds(grant, &signature, NOW));
        assert!(!signer.holds(grant, &signature, grant.expires));
        for other in [
            Grant { media: Id::new(NOW), ..grant },
            Grant { variant: Variant::Large, ..grant },
            Grant { user: Id::new(NOW), ..grant },
            Grant { session: Id::new(NOW), ..grant },
            Grant { expires: NOW.plus(Duration::from_mins(1)), ..grant },
        ] {
            assert!(!signer.holds(other, &signature, NOW), "{other:?}");
        }
        assert!(!signer.holds(grant, &signature[1..], NOW) && !signer.holds(grant, b"", NOW));
        assert!(!Signer::new(&ServiceKey::generate().unwrap()).holds(grant, &signature, NOW));
        let too_long = Grant { expires: grant.expires.plus(Duration::from_secs(1)), ..grant };
        assert!(!signer.holds(too_long, &signer.sign(too_long), NOW));
    }
}
