//! Sessions: that somebody is logged in, and how they show it.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{SessionId, Timestamp, UserId};
use confab_rpc::token::ACCESS_LIFETIME;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Account, AddressPrefix, Device, DeviceSecret, RefreshToken, Rotation};

/// How exactly we know when a session was used last: often enough for people,
/// and seldom enough for the database.
pub const USE_PRECISION: Duration = Duration::from_mins(10);

/// How long it holds that somebody has proved in a session that it is still them.
pub const CONFIRMED_FOR: Duration = Duration::from_mins(10);

/// How far the clocks of two nodes may be apart.
const CLOCK_SKEW_MAX: Duration = Duration::from_mins(1);

/// One log-in of a person. Nothing in here opens a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session, in access tokens too.
    pub id: SessionId,
    /// Who is logged in.
    pub user: UserId,
    /// Recognises the secret of the session: that in the cookie of a browser,
    /// or what the refresh tokens of a program have in common.
    pub secret_hash: SecretHash,
    /// How far the refresh tokens have come; `None` for a browser.
    pub rotation: Option<Rotation>,
    /// From where it is used.
    pub device: Device,
    /// When it began.
    pub created: Timestamp,
    /// When it was used last, give or take [`USE_PRECISION`].
    pub used: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When its owner last proved in it that it is still them, if they have.
    pub confirmed: Option<Timestamp>,
}

impl Session {
    /// The session after its refresh token was used at `now`, from `address`.
    #[must_use]
    pub fn turned(&self, rotation: Rotation, address: Option<AddressPrefix>, now: Timestamp) -> Self {
        let end = self.created.plus(RefreshToken::SESSION_TIME_MAX);
        Self {
            rotation: Some(rotation),
            device: Device { address, ..self.device.clone() },
            used: now,
            expires: now.plus(RefreshToken::IDLE_TIME_MAX).min(end),
            ..self.clone()
        }
    }

    /// Until when it holds that the owner has proved who they are, if it does at `now`.
    #[must_use]
    pub fn confirmed_until(&self, now: Timestamp) -> Option<Timestamp> {
        // By a clock that was set back since, it would hold for longer than it should.
        let confirmed = self.confirmed.filter(|confirmed| confirmed.since(now) <= CLOCK_SKEW_MAX)?;
        let until = confirmed.plus(CONFIRMED_FOR);
        (until > now).then_some(until)
    }
}

/// A session that was ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The session.
    pub session: SessionId,
    /// When it was ended, by the clock of the node that did it.
    pub time: Timestamp,
}

impl Revocation {
    /// How long access tokens of a session may be about after it was ended: as
    /// long as they live, and a minute for clocks and for answers under way.
    pub const TOKEN_TIME_MAX: Duration = ACCESS_LIFETIME.saturating_add(Duration::from_mins(1));

    /// When all access tokens of the session have expired.
    #[must_use]
    pub fn over(&self) -> Timestamp {
        self.time.plus(Self::TOKEN_TIME_MAX)
    }
}

/// What a browser shows to be let in: 256 random bits. Not printed by `Debug`.
#[derive(Clone, Debug)]
pub struct SessionSecret(SecretString);

impl SessionSecret {
    /// How much randomness there is in it, in bytes.
    const BYTES: usize = 32;

    /// Makes a secret that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; Self::BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// A secret that somebody claims to have. Anything can be claimed.
    #[must_use]
    pub fn claimed(text: String) -> Self {
        Self(text.into())
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.expose().as_bytes())
    }

    /// The secret itself, to be handed to its owner and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The SHA-256 of a session's secret: recognises it, and does not give it away.
///
/// No salt and no cost: there are 2²⁵⁶ secrets, so nobody can try them out.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of `secret`.
    pub(super) fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Takes what a store has kept; `None` if it does not have 32 bytes.
    pub(crate) fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash([redacted])")
    }
}

/// How somebody wants to be handed their session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As an access token, for programs.
    Token,
    /// As a cookie set by the gateway, for browsers.
    Cookie,
}

/// A signed statement of who somebody is. Not printed by `Debug`.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token itself.
    pub token: SecretString,
    /// When it stops being accepted.
    pub expires: Timestamp,
}

/// What a program shows: the one to every service, the other one to us alone.
#[derive(Debug)]
pub struct Tokens {
    /// Good for minutes.
    pub access: AccessToken,
    /// Good for one use: the next tokens.
    pub refresh: RefreshToken,
}

/// What a new session is shown with.
#[derive(Debug)]
pub enum Proof {
    /// For [`Delivery::Token`].
    Tokens(Tokens),
    /// For [`Delivery::Cookie`].
    Cookie {
        /// The value of the cookie.
        secret: SessionSecret,
        /// How long the browser is to keep it.
        lifetime: Duration,
    },
}

/// Somebody who has just been let in.
#[derive(Debug)]
pub struct Welcome {
    /// Who it is.
    pub account: Account,
    /// The session they are in.
    pub session: SessionId,
    /// How they show it from now on.
    pub proof: Proof,
    /// What their device is known by from now on.
    pub device_secret: DeviceSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_fits_into_a_cookie() {
        let secret = SessionSecret::generate().unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(secret.expose()).unwrap().len(), 32);
        assert_eq!(secret.expose().len(), 43);
        assert_ne!(secret.expose(), SessionSecret::generate().unwrap().expose());
    }

    #[test]
    fn a_proof_of_identity_holds_for_ten_minutes_and_not_longer_if_the_clock_is_set_back() {
        let at = |seconds: i64| Timestamp::from_millis(4_102_444_800_000 + 1_000 * seconds);
        let secret_hash = SessionSecret::generate().unwrap().hash();
        let session = Session {
            id: SessionId::new(at(0)),
            user: UserId::new(at(0)),
            secret_hash,
            rotation: None,
            device: Device::default(),
            created: at(0),
            used: at(0),
            expires: at(100_000),
            confirmed: None,
        };
        assert_eq!(session.confirmed_until(at(0)), None);
        let session = Session { confirmed: Some(at(0)), ..session };
        for (second, holds) in
            [(-600, false), (-61, false), (-60, true), (0, true), (599, true), (600, false)]
        {
            assert_eq!(session.confirmed_until(at(second)), holds.then_some(at(600)), "{second}");
        }
    }

    #[test]
    fn a_secret_is_recognised_by_its_hash() {
        let secret = SessionSecret::generate().unwrap();
        let claimed = SessionSecret::claimed(secret.expose().to_owned());
        assert_eq!(claimed.hash(), secret.hash());
        assert_eq!(SecretHash::stored(secret.hash().as_bytes()), Some(secret.hash()));
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let secret = SessionSecret::generate().unwrap();
        assert!(!format!("{secret:?}").contains(secret.expose()));
        assert_eq!(format!("{:?}", secret.hash()), "SecretHash([redacted])");
    }
}
