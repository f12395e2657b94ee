//! Makes texts equal that differ in what people do not mean when they search:
//! case, accents, widths, the ways to encode a letter.

use unicode_normalization::UnicodeNormalization;

/// The folded form of `text`: two texts with the same are the same to a search.
///
/// In small letters, without accents, compatibility forms resolved (NFKD), and
/// letters such as `ł` that have no parts spelled as people type them. Marks
/// that make another letter, as in Japanese and in Indian scripts, stay.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|&c| !is_silent(c)) {
        // There and back, because `ß` and `ss`, or the two small sigmas, differ
        // in small letters only; and before that to small, for the capital `ẞ`.
        let cased = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        cased.for_each(|c| spell(c, &mut folded));
    }
    // Puts together again what is one letter: 한, が.
    folded.nfc().collect()
}

/// Tells whether `c` changes how a letter looks or is read, but not which it
/// is; or cannot be seen at all.
fn is_silent(c: char) -> bool {
    let accent = matches!(
        c,
        // Not U+0345, the small iota of Greek: it is a letter in capitals.
        '\u{0300}'..='\u{0344}' | '\u{0346}'..='\u{036F}'
            | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
    );
    let hebrew_point = matches!(
        c,
        '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
    );
    let arabic_vowel = matches!(
        c,
        '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
            | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}'
    );
    let invisible = matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{E0000}'..='\u{E0FFF}'
    );
    accent || hebrew_point || arabic_vowel || invisible
}

/// Writes a small letter as people type it who do not have it on their keys.
fn spell(c: char, folded: &mut String) {
    let plain = match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ŧ' => 't',
        'ı' => 'i',
        'æ' => return folded.push_str("ae"),
        'œ' => return folded.push_str("oe"),
        'þ' => return folded.push_str("th"),
        // Alef with wasla; the others with something above lose it as an accent.
        'ٱ' => 'ا',
        // Alef maksura, and the yeh of Persian and Urdu.
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        // Teh marbuta.
        'ة' => 'ه',
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        other => other,
    };
    folded.push(plain);
}

/// The digit that `c` is in a script whose digits begin with `zero`.
fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (text, expected) in [
            ("Příliš ŽLUŤOUČKÝ kůň", "prilis zlutoucky kun"),
            ("Straße STRASSE STRAẞE", "strasse strasse strasse"),
            ("Łódź Øre Đakovo ÆON Œuvre Þór", "lodz ore dakovo aeon oeuvre thor"),
            ("ΟΔΟΣ οδός ᾳ ΑΙ", "οδοσ οδοσ αι αι"),
            ("İstanbul ISTANBUL ısparta", "istanbul istanbul isparta"),
            ("Ёлка ЙОД", "елка иод"),
            ("ﬁn Ｗｉｄｅ ① ㈱", "fin wide 1 (株)"),
        ] {
            assert_eq!(fold(text), expected);
        }
    }

    #[test]
    fn the_ways_to_write_arabic_are_one() {
        for (text, expected) in [
            ("مُحَمَّد", "محمد"),
            ("مـحـمـد", "محمد"),
            ("أحمد إلى آخر ٱلله", "احمد الي اخر الله"),
            ("مدرسة", "مدرسه"),
            ("کتابی ۱۲۳ ١٢٣", "كتابي 123 123"),
        ] {
            assert_eq!(fold(text), expected);
        }
    }

    #[test]
    fn marks_that_make_another_letter_stay() {
        assert_ne!(fold("はは"), fold("ばば"));
        assert_ne!(fold("कि"), fold("कु"));
        assert_eq!(fold("ｶﾞｷﾞ"), "ガギ");
        assert_eq!(fold("한글"), "한글");
    }

    #[test]
    fn every_letter_is_the_same_in_capitals_and_in_parts() {
        // Behind these, nothing is a letter.
        for c in '\0'..='\u{323AF}' {
            let text = c.to_string();
            let folded = fold(&text);
            assert_eq!(fold(&text.to_uppercase()), folded, "{c:?} in capitals");
            assert_eq!(fold(&text.to_lowercase()), folded, "{c:?} in small letters");
            assert_eq!(fold(&text.nfc().collect::<String>()), folded, "{c:?} composed");
            assert_eq!(fold(&text.nfkd().collect::<String>()), folded, "{c:?} in parts");
            assert_eq!(fold(&folded), folded, "{c:?} folded twice");
        }
    }
}
