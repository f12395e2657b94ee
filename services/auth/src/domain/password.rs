//! What makes a password good enough.

use secrecy::{ExposeSecret, SecretString};
use zxcvbn::Score;

use super::fold::{fold_case, normalize};
use super::{Email, Name};

/// A password as somebody typed it, in Unicode normal form C, so that it does
/// not depend on the keyboard. Not printed by `Debug`.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// What people think of who are asked for a password here.
const PRODUCT: &str = "confab";

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// See [`Password::CHARS_MIN`].
    #[error("must have at least {} characters", Password::CHARS_MIN)]
    TooShort,
    /// See [`Password::CHARS_MAX`].
    #[error("must not be longer than {} characters", Password::CHARS_MAX)]
    TooLong,
    /// It is what others who know the person would try first.
    #[error("must not be your own name or e-mail address")]
    Own,
    /// It is what everybody would try first, or made of what is known of the person.
    #[error("is too common or too easy to guess; a few words that do not belong together are better")]
    Common,
}

impl Password {
    /// The shortest password, in characters (Unicode code points).
    pub const CHARS_MIN: usize = 8;
    /// The longest password, in characters (Unicode code points).
    pub const CHARS_MAX: usize = 256;
    /// Fewer than 10⁶ guesses find anything that scores less.
    const SCORE_MIN: Score = Score::Two;

    /// A password that somebody claims to be theirs. No rule applies: rules
    /// change, and what was chosen under an older one still opens the door.
    #[must_use]
    pub fn claimed(text: &str) -> Self {
        Self(normalize(text).into())
    }

    /// Tells whether `email`'s owner, called `name`, may choose this.
    ///
    /// Takes up to some tens of milliseconds of computing.
    ///
    /// # Errors
    ///
    /// [`InvalidPassword`] says what is wrong.
    pub fn check(&self, email: &Email, name: &Name) -> Result<(), InvalidPassword> {
        let chars = self.expose().chars().count();
        if chars < Self::CHARS_MIN {
            return Err(InvalidPassword::TooShort);
        }
        if chars > Self::CHARS_MAX {
            return Err(InvalidPassword::TooLong);
        }
        let folded = fold_case(self.expose().trim());
        if [email.as_str(), email.local(), name.as_str()].iter().any(|own| fold_case(own) == folded) {
            return Err(InvalidPassword::Own);
        }
        let known = [email.as_str(), email.local(), name.as_str(), PRODUCT];
        if zxcvbn::zxcvbn(self.expose(), &known).score() < Self::SCORE_MIN {
            return Err(InvalidPassword::Common);
        }
        Ok(())
    }

    /// Tells whether this and `other` are one and the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), InvalidPassword> {
        let email = Email::new("ada.lovelace@example.com").unwrap();
        let name = Name::new("Ada, Countess of Lovelace").unwrap();
        Password::claimed(text).check(&email, &name)
    }

    #[test]
    fn good_passwords_of_all_kinds_are_accepted() {
        let long = "correct horse battery staple ".repeat(8);
        for text in [
            "correct horse battery staple",
            "tr0ub4dor&3x",
            "хорошая погода завтра",
            "🐎🔋📎✅🦀🌋🎷🧀",
            &long,
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_composed_characters() {
        assert_eq!(check("xk2#vQp"), Err(InvalidPassword::TooShort));
        assert_eq!(check("xk2#vQe\u{301}"), Err(InvalidPassword::TooShort));
        assert_eq!(check("xk2#vQpe\u{301}"), Ok(()));
        assert_eq!(check(&"vQ#k2 ".repeat(43)), Err(InvalidPassword::TooLong));
    }

    #[test]
    fn common_passwords_are_refused() {
        for text in [
            "password",
            "Password1",
            "12345678",
            "qwertyuiop",
            "iloveyou",
            "aaaaaaaaaaaa",
            "letmein123",
            "        ",
            "Confab123",
            "confabconfab",
            "lovelace1",
        ] {
            assert_eq!(check(text), Err(InvalidPassword::Common), "{text}");
        }
    }

    /// The passwords that the filter ships with, the most common first, as they stand in
    /// its source: it has no other way to list them.
    fn shipped() -> Vec<String> {
        let mut cargo = std::process::Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version", "1", "--offline", "--manifest-path"]);
        let output = cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let filter = packages.iter().find(|package| package["name"] == "zxcvbn").unwrap();
        let folder = std::path::Path::new(filter["manifest_path"].as_str().unwrap()).parent().unwrap();
        let source = std::fs::read_to_string(folder.join("src/frequency_lists.rs")).unwrap();
        let (_, list) = source.split_once("const PASSWORDS: &str = \"").unwrap();
        let (list, _) = list.split_once('"').unwrap();
        list.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn of_the_ten_thousand_most_common_that_are_long_enough_none_can_be_chosen() {
        let long_enough = |text: &String| text.chars().count() >= Password::CHARS_MIN;
        let common: Vec<String> = shipped().into_iter().filter(long_enough).take(10_000).collect();
        assert_eq!(common.len(), 10_000);
        let chosen: Vec<_> =
            common.iter().filter(|text| check(text) != Err(InvalidPassword::Common)).collect();
        assert_eq!(chosen, Vec::<&String>::new());
    }

    #[test]
    fn ones_own_name_and_address_are_refused() {
        for text in
            ["ada.lovelace@example.com", "ADA.LOVELACE", "ada, countess of lovelace", " Ada.Lovelace "]
        {
            assert_eq!(check(text), Err(InvalidPassword::Own), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", Password::claimed("hunter2hunter2")).contains("hunter2"));
    }
}
