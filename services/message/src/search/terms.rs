//! What a text is found by, and what a query asks for.
//!
//! Words, where words stand apart; where they do not, as in Chinese, Japanese
//! or Thai, each pair of neighbouring characters, because no rule tells where a
//! word ends. Korean goes by pairs too: its words carry their endings with them.

use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;

use super::fold::fold;

/// How many different terms of a text are kept. What comes behind them is not
/// found; the longest texts have about 1,500 different words, and in Chinese the
/// first 2,500 characters or so count.
pub const TERMS_MAX: usize = 2_000;

/// How many different terms of a query must be in a text. What comes behind
/// them does not count.
pub const QUERY_TERMS_MAX: usize = 32;

/// How much of a word is kept, in characters (Unicode code points). Of longer
/// ones, the beginning is, in texts and in queries: an address is found by all
/// of it, and by others that begin the same.
pub const TERM_CHARS_MAX: usize = 64;

/// What a text can be found by: a word, a character, or two neighbours, folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(String);

impl Term {
    /// The term, as stores keep it: at most 4 × [`TERM_CHARS_MAX`] bytes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A term that no text has and nobody can type: it says what a message has
    /// beside its words.
    pub fn reserved(name: &str) -> Self {
        Self(format!(":{name}"))
    }

    fn new(chars: impl Iterator<Item = char>) -> Self {
        Self(chars.take(TERM_CHARS_MAX).collect())
    }
}

/// The terms that `text` is found by, each once; [`TERMS_MAX`] at the most.
pub fn terms(text: &str) -> BTreeSet<Term> {
    let folded = fold(text);
    first(pieces(&folded).flat_map(Piece::terms), TERMS_MAX)
}

/// What somebody looks for: texts that have all of its terms, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(BTreeSet<Term>);

impl Query {
    /// Reads what somebody typed; `None` if there is neither a letter nor a
    /// digit in it, and so nothing to find.
    pub fn new(text: &str) -> Option<Self> {
        let folded = fold(text);
        let terms = first(pieces(&folded).flat_map(Piece::asked), QUERY_TERMS_MAX);
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// This query, for what has `term` too.
    pub fn and(mut self, term: Term) -> Self {
        self.0.insert(term);
        self
    }

    /// Tells whether `text` has all of the terms.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_subset(&terms(text))
    }

    /// The terms, at least one and at most [`QUERY_TERMS_MAX`], each once.
    pub fn terms(&self) -> impl ExactSizeIterator<Item = &Term> {
        self.0.iter()
    }
}

/// The first `count_max` different terms.
fn first(all: impl Iterator<Item = Term>, count_max: usize) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    for term in all {
        terms.insert(term);
        if terms.len() >= count_max {
            break;
        }
    }
    terms
}

/// A part of a folded text without anything between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// A word of a script that puts space between words.
    Word(&'a str),
    /// Characters of scripts that do not.
    Run(&'a str),
}

impl<'a> Piece<'a> {
    /// What a text is found by that has this piece.
    fn terms(self) -> Box<dyn Iterator<Item = Term> + 'a> {
        match self {
            Self::Word(_) => self.asked(),
            // Also the single ones, for queries of one character.
            Self::Run(run) => Box::new(singles(run).chain(pairs(run))),
        }
    }

    /// What a text must have to have this piece: the pairs say all that single
    /// characters do, and are rarer.
    fn asked(self) -> Box<dyn Iterator<Item = Term> + 'a> {
        match self {
            Self::Word(word) => Box::new(std::iter::once(Term::new(word.chars()))),
            Self::Run(run) if run.chars().nth(1).is_none() => Box::new(singles(run)),
            Self::Run(run) => Box::new(pairs(run)),
        }
    }
}

fn singles(run: &str) -> impl Iterator<Item = Term> {
    run.chars().map(|c| Term::new([c].into_iter()))
}

fn pairs(run: &str) -> impl Iterator<Item = Term> {
    run.chars().zip(run.chars().skip(1)).map(|(one, next)| Term::new([one, next].into_iter()))
}

/// The pieces of a folded text, in order.
fn pieces(folded: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_unspaced(c) && !is_in_word(c));
        let in_run = is_unspaced(rest.chars().next()?);
        let ends = |c: char| is_unspaced(c) != in_run || !(in_run || is_in_word(c));
        let (piece, behind) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        rest = behind;
        Some(if in_run { Piece::Run(piece) } else { Piece::Word(piece) })
    })
}

/// Tells whether `c` goes on with a word. An apostrophe or a dot does not:
/// `l'eau` is found by `eau`, and `example.com` by `example`.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Tells whether `c` is of a script that does not put space between words, or
/// of one, as Korean, whose words are easier found by their parts.
fn is_unspaced(c: char) -> bool {
    let han = matches!(
        c,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{323AF}'
    );
    // With the voicing marks, in case that one stands behind another letter,
    // and the sign for a long vowel.
    let kana = matches!(
        c,
        '\u{3041}'..='\u{3096}' | '\u{3099}' | '\u{309A}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
            | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{1B000}'..='\u{1B16F}'
    );
    let bopomofo = matches!(c, '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}');
    let hangul = matches!(
        c,
        '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7A3}' | '\u{D7B0}'..='\u{D7FF}'
    );
    // Thai, Lao, Burmese, Khmer.
    let south_east = matches!(
        c,
        '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' | '\u{0E50}'..='\u{0E59}' | '\u{0E81}'..='\u{0EDF}'
            | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109F}' | '\u{1780}'..='\u{17D3}' | '\u{17DC}'..='\u{17E9}'
    );
    han || kana || bopomofo || hangul || south_east
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn texts(terms: &BTreeSet<Term>) -> Vec<&str> {
        terms.iter().map(Term::as_str).collect()
    }

    fn asked(query: &str) -> Vec<String> {
        let query = Query::new(query).unwrap();
        query.terms().map(|term| term.as_str().to_owned()).collect()
    }

    #[test]
    fn a_text_is_cut_at_whatever_is_no_letter_and_no_digit() {
        let expected = ["42", "and", "com", "don", "eau", "example", "foo", "l", "t", "x"];
        let text = "Don't: l’eau, example.com and_foo/x — 42!  \u{a0}don’t 🎉";
        assert_eq!(texts(&terms(text)), expected);
    }

    #[test]
    fn without_spaces_pairs_are_found_and_single_characters_too() {
        assert_eq!(texts(&terms("猫が好き")), ["が", "が好", "き", "好", "好き", "猫", "猫が"]);
        assert_eq!(asked("猫が好き"), ["が好", "好き", "猫が"]);
        assert_eq!(asked("猫"), ["猫"]);
        assert_eq!(asked("iPhone手机15"), ["15", "iphone", "手机"]);
    }

    #[test]
    fn a_query_without_letters_and_digits_asks_for_nothing() {
        for text in ["", " ", "…!?", "🎉", "\u{301}\u{200D}"] {
            assert_eq!(Query::new(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_word_is_found_by_its_beginning() {
        let long = "x".repeat(TERM_CHARS_MAX + 1);
        let cut = "x".repeat(TERM_CHARS_MAX);
        assert_eq!(texts(&terms(&long)), [&cut]);
        assert_eq!(asked(&long), [cut]);
    }

    #[test]
    fn of_too_many_terms_the_first_are_kept() {
        let words: Vec<String> = (0..TERMS_MAX + 100).map(|number| format!("w{number}")).collect();
        let many = words.join(" ");
        let found = terms(&many);
        assert_eq!(found.len(), TERMS_MAX);
        let has = |number: usize| found.contains(&Term::new(format!("w{number}").chars()));
        assert!(has(0) && has(TERMS_MAX - 1) && !has(TERMS_MAX));

        let query = Query::new(&many).unwrap();
        assert_eq!(query.terms().len(), QUERY_TERMS_MAX);
        assert!(query.terms().all(|term| found.contains(term)));
    }

    proptest! {
        #[test]
        fn a_text_is_found_however_it_is_encoded_and_cased(text in ".{0,80}") {
            let expected = terms(&text);
            prop_assert_eq!(&terms(&text.nfc().collect::<String>()), &expected);
            prop_assert_eq!(&terms(&text.nfd().collect::<String>()), &expected);
            prop_assert_eq!(&terms(&text.to_uppercase()), &expected);
            prop_assert_eq!(&terms(&text.to_lowercase()), &expected);
        }

        #[test]
        fn a_text_is_found_by_itself(text in ".{0,80}") {
            match Query::new(&text) {
                Some(query) => prop_assert!(query.matches(&text)),
                None => prop_assert!(terms(&text).is_empty()),
            }
        }

        #[test]
        fn terms_are_bounded(text in "\\PC{0,400}") {
            let found = terms(&text);
            prop_assert!(found.len() <= TERMS_MAX);
            for term in found {
                prop_assert!((1..=TERM_CHARS_MAX).contains(&term.as_str().chars().count()));
            }
        }
    }
}
