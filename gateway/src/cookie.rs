//! The session cookie: the only thing a browser keeps to stay signed in.

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

/// How the session cookie is written.
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

    const fn attributes(self) -> &'static str {
        match self {
            Self::HostOnly => "Path=/; Secure; HttpOnly; SameSite=Strict",
            Self::Insecure => "Path=/; HttpOnly; SameSite=Strict",
        }
    }

    /// Takes all cookies out of a request, and returns ours.
    ///
    /// Two of ours count as garbage: one of them is somebody else's doing.
    pub fn take(self, headers: &mut HeaderMap) -> Carried {
        let http::header::Entry::Occupied(cookies) = headers.entry(COOKIE) else {
            return Carried::Nothing;
        };
        let (_, lines) = cookies.remove_entry_mult();
        let lines: Vec<HeaderValue> = lines.collect();
        let mut values =
            lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| self.values(line));
        match (values.next(), values.next()) {
            (None, _) => Carried::Nothing,
            (Some(value), None) => SessionSecret::new(value).map_or(Carried::Garbage, Carried::Secret),
            (Some(_), Some(_)) => Carried::Garbage,
        }
    }

    fn values(self, line: &str) -> impl Iterator<Item = &str> {
        let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(name, _)| *name == self.name()).map(|(_, value)| value)
    }

    /// The `Set-Cookie` that makes a browser keep `secret` for `max_age`.
    pub fn set(self, secret: &SessionSecret, max_age: Duration) -> Option<HeaderValue> {
        let (name, secret, age, attributes) =
            (self.name(), secret.expose(), max_age.as_secs(), self.attributes());
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "abcdefghijklmnopqrstuvwxyz-_ABCDEFGHIJKLMNO";

    fn take(lines: &[&str]) -> (Carried, HeaderMap) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        (CookieStyle::HostOnly.take(&mut headers), headers)
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
