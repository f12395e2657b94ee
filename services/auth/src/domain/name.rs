//! What people are called, and how they are looked up by it.

use super::fold::{fold_case, is_deceptive, normalize};

/// What others call a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing of it could be seen.
    #[error("must not be blank")]
    Blank,
    /// See [`Name::CHARS_MAX`].
    #[error("must not be longer than {} characters", Name::CHARS_MAX)]
    TooLong,
    /// It could be mistaken for another, or spoil the page it stands on.
    #[error("must not have control characters, nor any that turn the direction of writing")]
    Character,
}

impl Name {
    /// The longest name, in characters (Unicode code points).
    pub const CHARS_MAX: usize = 100;
    /// By how many of its words a name is found: more than names have.
    pub const WORDS_MAX: usize = 16;

    /// Checks `text`.
    ///
    /// # Errors
    ///
    /// [`InvalidName`] says what is wrong.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let name = normalize(text.trim());
        if name.chars().all(is_invisible) {
            return Err(InvalidName::Blank);
        }
        if name.chars().any(is_deceptive) {
            return Err(InvalidName::Character);
        }
        if name.chars().count() > Self::CHARS_MAX {
            return Err(InvalidName::TooLong);
        }
        Ok(Self(name))
    }

    /// Takes what a store has kept. It was checked when it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without regard to case: what lists are sorted and searched by.
    #[must_use]
    pub fn folded(&self) -> String {
        fold_case(&self.0)
    }

    /// How the name can begin for those who look for it: the folded name from
    /// the start of each of its words on, up to [`Name::WORDS_MAX`] of them.
    #[must_use]
    pub fn beginnings(&self) -> Vec<String> {
        let folded = self.folded();
        beginnings(&folded).take(Self::WORDS_MAX).map(str::to_owned).collect()
    }
}

/// `folded` from the start of each of its words on. Words stand between white
/// space and hyphens.
fn beginnings(folded: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| c.is_whitespace() || c == '-';
    let starts = folded.char_indices().filter(move |(at, c)| {
        *at == 0 || !is_between(*c) && folded[..*at].chars().next_back().is_some_and(is_between)
    });
    starts.map(|(at, _)| &folded[at..])
}

/// Joiners and fillers belong into names of some languages, but make none alone.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || is_deceptive(c)
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}')
        || matches!(
            c,
            '\u{180B}'..='\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
        )
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0020}'..='\u{E01EF}')
}

/// How the names that are looked for begin, without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePrefix(String);

impl NamePrefix {
    /// The beginning `text`; everybody if it is blank.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(fold_case(text.trim_start()))
    }

    /// The first folded name that could match.
    #[must_use]
    pub fn start(&self) -> &str {
        &self.0
    }

    /// The first folded name that comes after all that match, if there is one.
    ///
    /// A range, unlike a pattern, is something that every index can find.
    #[must_use]
    pub fn end(&self) -> Option<String> {
        let mut chars: Vec<char> = self.0.chars().collect();
        while let Some(last) = chars.pop() {
            // The range of `char` skips the surrogates.
            if let Some(next) = (last..=char::MAX).nth(1) {
                chars.push(next);
                return Some(chars.into_iter().collect());
            }
        }
        None
    }

    /// Whether everybody's name begins so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether a folded name, or a word of it, begins like this.
    #[must_use]
    pub fn matches(&self, folded: &str) -> bool {
        self.is_empty() || beginnings(folded).take(Name::WORDS_MAX).any(|text| text.starts_with(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_kinds_are_accepted() {
        for text in ["A", "Žofie Nová", "李小龙", "👩‍👩‍👧", "علی‌رضا", "Jean-Luc O'Neil 3rd", "  padded  "]
        {
            assert_eq!(Name::new(text).unwrap().as_str(), text.trim(), "{text}");
        }
    }

    #[test]
    fn a_name_has_at_most_100_characters() {
        assert!(Name::new(&"é".repeat(100)).is_ok());
        assert_eq!(Name::new(&"é".repeat(101)), Err(InvalidName::TooLong));
    }

    #[test]
    fn a_name_can_be_seen() {
        for text in ["", "   ", "\u{3164}", "\u{200D}\u{200C}", "\u{2800} \u{AD}", "\u{200B}"] {
            assert_eq!(Name::new(text), Err(InvalidName::Blank), "{text:?}");
        }
    }

    #[test]
    fn a_name_does_not_deceive() {
        for text in ["a\0b", "a\nb", "a\u{7f}b", "a\u{202E}b", "a\u{2066}b", "a\u{2028}b", "a\u{200B}b"] {
            assert_eq!(Name::new(text), Err(InvalidName::Character), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_is_a_range_of_names() {
        let prefix = NamePrefix::new("ŽO");
        let end = prefix.end().unwrap();
        for name in ["žofie", "ŽO", "Zo\u{30c}o", "žo\u{10FFFF}\u{10FFFF}"] {
            let folded = fold_case(name);
            let inside = prefix.start() <= folded.as_str() && folded < end;
            assert_eq!(inside, prefix.matches(&folded), "{name}");
        }
        assert!(prefix.matches(&Name::new("Žofie").unwrap().folded()));
    }

    #[test]
    fn a_name_is_found_by_each_of_its_words() {
        let name = Name::new("Anne-Marie van  der Berg").unwrap();
        let expected =
            ["anne-marie van  der berg", "marie van  der berg", "van  der berg", "der berg", "berg"];
        assert_eq!(name.beginnings(), expected);
        for found in ["an", "MARIE", "van", "der b", "berg", ""] {
            assert!(NamePrefix::new(found).matches(&name.folded()), "{found}");
        }
        for missed in ["nne", "erg", "marie der"] {
            assert!(!NamePrefix::new(missed).matches(&name.folded()), "{missed}");
        }
        let long = Name::new(&"a ".repeat(50)).unwrap();
        assert_eq!(long.beginnings().len(), Name::WORDS_MAX);
    }

    #[test]
    fn the_last_prefixes_have_an_end_or_need_none() {
        assert_eq!(NamePrefix::new("").end(), None);
        assert_eq!(NamePrefix::new("\u{10FFFF}").end(), None);
        assert_eq!(NamePrefix::new("a\u{10FFFF}").end().as_deref(), Some("b"));
        assert_eq!(NamePrefix::new("\u{D7FF}").end().as_deref(), Some("\u{E000}"));
    }
}
