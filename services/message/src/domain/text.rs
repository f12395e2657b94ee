//! What people write.

/// What a person wrote: something other than white space.
///
/// Its length, and that it has no NUL, is checked by the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

/// The text says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be only white space")]
pub struct BlankText;

impl Text {
    /// Checks `text` once, at the door. It is kept as it is: nothing is trimmed.
    pub fn new(text: String) -> Result<Self, BlankText> {
        if text.chars().all(is_invisible) { Err(BlankText) } else { Ok(Self(text)) }
    }

    /// Takes back what was checked before it was stored.
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// White space, and the characters that look like none at all.
fn is_invisible(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// One emoji.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emoji(String);

impl Emoji {
    /// Takes back what was checked before it was stored.
    pub fn from_store(emoji: String) -> Self {
        Self(emoji)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_must_say_something() {
        for blank in ["", " ", "\n\t", "\u{a0}\u{2003}", "\u{200b}\u{feff}"] {
            assert_eq!(Text::new(blank.into()), Err(BlankText), "{blank:?}");
        }
    }

    #[test]
    fn a_text_is_kept_as_it_is() {
        for text in [" hello ", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "\u{202e}olleh"] {
            assert_eq!(Text::new(text.into()).unwrap().as_str(), text);
        }
    }
}
