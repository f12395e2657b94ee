//! Forms of a text in which differences that people do not mean are gone.

use unicode_normalization::UnicodeNormalization;

/// Makes texts equal that look the same but are encoded differently (NFC).
pub fn normalize(text: &str) -> String {
    text.nfc().collect()
}

/// Makes texts equal that differ in nothing but case, for searching.
///
/// Through upper case and back, because `ß` and `ss`, or the two small sigmas,
/// differ in lower case only. Letter by letter, so that the fold of a prefix is
/// a prefix of the fold.
pub fn fold_case(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// Tells whether `c` could make a line read other than it is stored: control
/// characters, line breaks, and those that turn the direction of writing.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E001F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count() {
        for (one, other) in [("Ada", "aDA"), ("ΟΔΟΣ", "οδος"), ("STRASSE", "straße"), ("Žofie", "ŽOFIE")]
        {
            assert_eq!(fold_case(one), fold_case(other), "{one}");
        }
    }

    #[test]
    fn encoding_does_not_count() {
        assert_eq!(normalize("Zoe\u{301}"), normalize("Zo\u{e9}"));
        assert_eq!(fold_case("Zoe\u{301}"), fold_case("ZO\u{c9}"));
    }

    #[test]
    fn accents_count() {
        assert_ne!(fold_case("Zoe"), fold_case("Zoé"));
    }
}
