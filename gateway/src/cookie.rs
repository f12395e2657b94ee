//! The cookies that a browser keeps for us: one to stay signed in, and one to be
//! known again when it signs in.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header::COOKIE};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The length of the secret of a session: 256 bits in base64url without padding.
const SECRET_CHARS: usize = 43;

/// The secret of a session, as a cookie carries it.
#[derive(Clone, Debug)]
pub struct SessionSecret(SecretString);

impl SessionSecret {
    /// Takes `text` for a secret, unless it cannot be one.
    pub fn new(text: &str) -> Option<Self> {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = text.len() == SECRET_CHARS && text.bytes().all(is_base64url);
        fits.then(|| Self(text.into()))
    }

    /// What may be kept in memory in place of the secret.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.expose()).into()
    }

    /// The secret itself, to be sent to where it belongs.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What a request carried in the way of a session cookie.
#[derive(Debug)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// A cookie of ours that no session can have.
    Garbage,
    /// The secret of a session, which may have ended.
    Secret(SessionSecret),
}

/// What a request carried in the way of cookies of ours.
#[derive(Debug)]
pub struct Cookies {
    /// Its session.
    pub session: Carried,
    /// What the browser is known by, if it carried that, and once.
    pub device: Option<SessionSecret>,
}

/// How long a browser is to be known: as long as browsers keep a cookie (RFC 6265bis).
const DEVICE_AGE_MAX: Duration = Duration::from_hours(400 * 24);

/// How the cookies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieStyle {
    /// Bound to this host, and sent over TLS or to localhost only (RFC 6265bis, section 4.1.3.2).
    HostOnly,
    /// Also sent over plain HTTP, because somebody insisted.
    Insecure,
}

impl CookieStyle {
    const fn name(self) -> &'static str {
        match self {
            Self::HostOnly => "__Host-confab",
            Self::Insecure => "confab",
        }
    }

    const fn device_name(self) -> &'static str {
        match self {
            Self::HostOnly => "__Host-confab-device",
            Self::Insecure => "confab-device",
        }
    }

    const fn attributes(self) -> &'static str {
        match self {
            Self::HostOnly => "Path=/; Secure; HttpOnly; SameSite=Strict",
            Self::Insecure => "Path=/; HttpOnly; SameSite=Strict",
        }
    }

    /// Takes all cookies out of a request, and returns ours.
    ///
    /// Two of a kind count as garbage: one of them is somebody else's doing.
    pub fn take(self, headers: &mut HeaderMap) -> Cookies {
        let http::header::Entry::Occupied(cookies) = headers.entry(COOKIE) else {
            return Cookies { session: Carried::Nothing, device: None };
        };
        let (_, lines) = cookies.remove_entry_mult();
        let lines: Vec<HeaderValue> = lines.collect();
        let device = match carried(&lines, self.device_name()) {
            Carried::Secret(secret) => Some(secret),
            Carried::Nothing | Carried::Garbage => None,
        };
        Cookies { session: carried(&lines, self.name()), device }
    }

    /// The `Set-Cookie` that makes a browser keep the session of `secret` for `max_age`.
    pub fn set(self, secret: &SessionSecret, max_age: Duration) -> Option<HeaderValue> {
        self.set_named(self.name(), secret, max_age)
    }

    /// The `Set-Cookie` that makes a browser keep what it is known by.
    pub fn set_device(self, secret: &SessionSecret) -> Option<HeaderValue> {
        self.set_named(self.device_name(), secret, DEVICE_AGE_MAX)
    }

    fn set_named(self, name: &str, secret: &SessionSecret, max_age: Duration) -> Option<HeaderValue> {
        let (secret, age, attributes) = (secret.expose(), max_age.as_secs(), self.attributes());
        let mut value =
            HeaderValue::try_from(format!("{name}={secret}; Max-Age={age}; {attributes}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The `Set-Cookie` that makes a browser forget the session.
    pub fn clear(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::HostOnly => "__Host-confab=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict",
            Self::Insecure => "confab=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict",
        })
    }
}

/// What the cookies in `lines` carry under `name`.
fn carried(lines: &[HeaderValue], name: &str) -> Carried {
    let lines = lines.iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(named, _)| *named == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Carried::Nothing,
        (Some(value), None) => SessionSecret::new(value).map_or(Carried::Garbage, Carried::Secret),
        (Some(_), Some(_)) => Carried::Garbage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "abcdefghijklmnopqrstuvwxyz-_ABCDEFGHIJKLMNO";

    fn take(lines: &[&str]) -> (Carried, HeaderMap) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        (CookieStyle::HostOnly.take(&mut headers).session, headers)
    }

    #[test]
    fn a_browser_is_known_by_one_cookie_and_not_by_two() {
        let device = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
            CookieStyle::HostOnly.take(&mut headers).device.map(|secret| secret.expose().to_owned())
        };
        let once = format!("__Host-confab-device={SECRET}");
        assert_eq!(device(&format!("__Host-confab=x; {once}")).as_deref(), Some(SECRET));
        assert_eq!(device(&format!("{once}; {once}")), None);
        assert_eq!(device("__Host-confab-device=short"), None);
        assert_eq!(device(&format!("__Host-confab={SECRET}")), None);
    }

    #[test]
    fn ours_is_found_and_none_is_passed_on() {
        let (carried, headers) = take(&["theme=dark", &format!("a=b; __Host-confab={SECRET};c=d")]);
        assert!(matches!(carried, Carried::Secret(secret) if secret.expose() == SECRET));
        assert!(headers.is_empty());

        assert!(matches!(take(&["theme=dark; confab=x"]).0, Carried::Nothing));
        assert!(matches!(take(&[]).0, Carried::Nothing));
    }

    #[test]
    fn what_cannot_be_a_session_is_not_looked_up() {
        for odd in
            ["", "short", &"ä".repeat(43), &"a".repeat(44), &format!("{SECRET}="), &format!("\"{SECRET}\"")]
        {
            assert!(
                matches!(take(&[&format!("__Host-confab={odd}")]).0, Carried::Garbage | Carried::Nothing),
                "{odd}"
            );
        }
        let twice = format!("__Host-confab={SECRET}");
        assert!(matches!(take(&[&twice, &twice]).0, Carried::Garbage));
    }

    #[test]
    fn the_cookie_has_every_attribute() {
        let secret = SessionSecret::new(SECRET).unwrap();
        let set = CookieStyle::HostOnly.set(&secret, Duration::from_mins(1)).unwrap();
        let expected =
            format!("__Host-confab={SECRET}; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict");
        assert_eq!(set.to_str().unwrap(), expected);
        for style in [CookieStyle::HostOnly, CookieStyle::Insecure] {
            let clear = style.clear();
            let clear = clear.to_str().unwrap();
            assert!(clear.starts_with(style.name()) && clear.ends_with(style.attributes()), "{clear}");
        }
    }
}
