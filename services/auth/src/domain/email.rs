//! E-mail addresses, which people log in with.

use std::fmt;

use super::fold::{is_deceptive, normalize};

/// An e-mail address in the one form in which two of them can be compared.
///
/// Not printed by `Debug`: it is personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// There has to be exactly one `@`.
    #[error("must have exactly one @")]
    At,
    /// See [`Email::LOCAL_BYTES_MAX`].
    #[error("must have 1 to {} bytes before the @", Email::LOCAL_BYTES_MAX)]
    LocalLength,
    /// White space, control characters, or punctuation with a meaning of its own.
    #[error("has a character that e-mail addresses cannot have")]
    Character,
    /// What is behind the `@` cannot be the name of a host.
    #[error("must end in a domain, like example.com")]
    Domain,
    /// See [`Email::BYTES_MAX`].
    #[error("must not be longer than {} bytes", Email::BYTES_MAX)]
    TooLong,
}

impl Email {
    /// The longest address, in bytes (RFC 5321, section 4.5.3.1.3).
    pub const BYTES_MAX: usize = 254;
    /// The longest part before the `@`, in bytes (RFC 5321, section 4.5.3.1.1).
    pub const LOCAL_BYTES_MAX: usize = 64;
    /// The longest part of a domain, in bytes (RFC 1035, section 2.3.4).
    const LABEL_BYTES_MAX: usize = 63;

    /// Checks `text`, and brings it into the form in which it is unique.
    ///
    /// # Errors
    ///
    /// [`InvalidEmail`] says what is wrong.
    pub fn new(text: &str) -> Result<Self, InvalidEmail> {
        let email = canonical(text);
        let (local, domain) = email.split_once('@').ok_or(InvalidEmail::At)?;
        if domain.contains('@') {
            return Err(InvalidEmail::At);
        }
        if email.len() > Self::BYTES_MAX {
            return Err(InvalidEmail::TooLong);
        }
        if local.is_empty() || local.len() > Self::LOCAL_BYTES_MAX {
            return Err(InvalidEmail::LocalLength);
        }
        if !local.chars().all(is_local) {
            return Err(InvalidEmail::Character);
        }
        if !domain.contains('.') || !domain.split('.').all(is_label) {
            return Err(InvalidEmail::Domain);
        }
        Ok(Self(email))
    }

    /// Takes what a store has kept. It was checked when it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(local, _)| local)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email([redacted])")
    }
}

/// Trims, and makes lower case. Letters of other alphabets have cases too.
fn canonical(text: &str) -> String {
    let lower: String = normalize(text.trim()).chars().flat_map(char::to_lowercase).collect();
    normalize(&lower)
}

/// Quoted local parts are allowed on paper and used by nobody, except to
/// smuggle a second address past a check; so the specials of RFC 5322 are out.
fn is_local(c: char) -> bool {
    !c.is_whitespace() && !is_deceptive(c) && !r#"()<>[]:;@\,""#.contains(c)
}

fn is_label(label: &str) -> bool {
    (1..=Email::LABEL_BYTES_MAX).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        // Marks are part of how many alphabets write their domains.
        && label.chars().all(|c| c.is_alphanumeric() || c == '-' || (!c.is_ascii() && is_local(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_case_and_encoding_do_not_count() {
        let email = Email::new("zoé@example.com").unwrap();
        for text in ["  zoé@example.com\n", "ZOÉ@Example.COM", "zoe\u{301}@example.com"] {
            assert_eq!(Email::new(text).as_ref(), Ok(&email), "{text}");
        }
    }

    #[test]
    fn what_people_really_have_is_accepted() {
        for text in [
            "a@b.co",
            "ada.l+tag@mail.example.org",
            "o'neil@x-y.example",
            "ünï@bücher.example",
            "用户@例子.广告",
        ] {
            assert!(Email::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        use InvalidEmail::{At, Character, Domain, LocalLength, TooLong};
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}com", "abcdefgh.".repeat(30));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for (text, problem) in [
            ("", At),
            ("ada", At),
            ("a@b@example.com", At),
            ("@example.com", LocalLength),
            (&long_local, LocalLength),
            ("a b@example.com", Character),
            ("a\0b@example.com", Character),
            ("a\u{202E}b@example.com", Character),
            ("<a>@example.com", Character),
            ("\"a\"@example.com", Character),
            ("a@", Domain),
            ("a@localhost", Domain),
            ("a@.com", Domain),
            ("a@example..com", Domain),
            ("a@example.com.", Domain),
            ("a@-b.com", Domain),
            ("a@b_c.com", Domain),
            ("a@b c.com", Domain),
            (&long_label, Domain),
            (&long, TooLong),
        ] {
            assert_eq!(Email::new(text), Err(problem), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_not_printed() {
        let email = Email::new("ada@example.com").unwrap();
        assert!(!format!("{email:?}").contains("ada"));
    }
}
