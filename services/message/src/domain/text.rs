//! What people write.

/// What a person wrote: something other than white space, or nothing beside what
/// they have attached.
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

    /// No words at all, for what says enough without any.
    pub fn nothing() -> Self {
        Self(String::new())
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

/// One emoji of those that Unicode recommends for general interchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emoji(String);

/// The text is no emoji, or more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one emoji")]
pub struct NotOneEmoji;

impl Emoji {
    /// Asks for the picture where there is also a character of text.
    const VARIATION_SELECTOR: char = '\u{fe0f}';

    /// Checks `text`, and puts it into the form that Unicode calls fully
    /// qualified, so that keyboards that leave out the variation selector, or
    /// add one that is not needed, make no emoji of their own.
    pub fn new(text: &str) -> Result<Self, NotOneEmoji> {
        let plain: String = text.chars().filter(|part| *part != Self::VARIATION_SELECTOR).collect();
        let known = emojis::get(text).or_else(|| emojis::get(&plain)).ok_or(NotOneEmoji)?;
        Ok(Self(known.as_str().to_owned()))
    }

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
    fn one_emoji_is_one_emoji_however_many_characters_it_has() {
        for emoji in [
            "👍",
            "👍🏽",
            "👩\u{200d}👩\u{200d}👧",
            "🏳️\u{200d}🌈",
            "🇨🇿",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "1️⃣",
            "#️⃣",
            "❤️",
            "🧑🏻\u{200d}❤️\u{200d}💋\u{200d}🧑🏿",
        ] {
            assert_eq!(Emoji::new(emoji).as_ref().map(Emoji::as_str), Ok(emoji));
        }
    }

    #[test]
    fn what_is_not_one_emoji_is_refused() {
        for other in [
            "",
            "a",
            "1",
            "#",
            "👍👍",
            "👍 ",
            "👍a",
            ":)",
            "é",
            "\u{fe0f}",
            "\u{200d}",
            "🇨",
            "❤\u{fe0e}",
            "中",
        ] {
            assert_eq!(Emoji::new(other), Err(NotOneEmoji), "{other:?}");
        }
    }

    #[test]
    fn variation_selectors_make_no_difference() {
        for (one, other) in [("❤", "❤️"), ("👍\u{fe0f}", "👍"), ("1⃣", "1️⃣"), ("🏳\u{200d}🌈", "🏳️\u{200d}🌈")]
        {
            assert_eq!(Emoji::new(one).unwrap(), Emoji::new(other).unwrap(), "{one:?}");
        }
    }

    #[test]
    fn no_emoji_is_longer_than_the_contract_allows() {
        let tones = emojis::iter().filter_map(emojis::Emoji::skin_tones).flatten();
        let longest = emojis::iter().chain(tones).map(|emoji| emoji.as_str().len()).max();
        assert!((Some(30)..=Some(64)).contains(&longest), "{longest:?}");
    }

    #[test]
    fn a_text_is_kept_as_it_is() {
        for text in [" hello ", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "\u{202e}olleh"] {
            assert_eq!(Text::new(text.into()).unwrap().as_str(), text);
        }
    }
}
