//! What letters say, as text and as HTML.
//!
//! All words are in [`Language`], so that another language is another value of it.

use std::fmt::Write;

use crate::domain::LetterKind;

/// A letter, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The line above it.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// The same for those who read HTML.
    pub html: String,
}

/// The words of a language. `{about}` is what a letter has to say besides.
struct Language {
    /// The name of the language, for HTML (BCP 47).
    tag: &'static str,
    verify_email: Phrases,
    reset_password: Phrases,
    change_email: Phrases,
    email_changed: Phrases,
    new_device: Phrases,
    factors_changed: Phrases,
}

/// The words of one kind of letter.
struct Phrases {
    subject: &'static str,
    /// Above the code.
    before: &'static str,
    /// Below it.
    after: &'static str,
}

const ENGLISH: Language = Language {
    tag: "en",
    verify_email: Phrases {
        subject: "Confirm your e-mail address",
        before: "With this code you confirm that this address is yours:",
        after: "It is good for one hour and for one use. If you have no account here, ignore this letter.",
    },
    reset_password: Phrases {
        subject: "A new password",
        before: "Somebody, probably you, wants to set a new password for your account. This code lets you do it:",
        after: "It is good for one hour and for one use. If it was not you, ignore this letter: without the \
                code nothing changes. Give the code to nobody.",
    },
    change_email: Phrases {
        subject: "Confirm your new e-mail address",
        before: "With this code, an account gets this address in the place of the one it had:",
        after: "It is good for one hour and for one use. If it was not you who wanted that, ignore this letter.",
    },
    email_changed: Phrases {
        subject: "Your e-mail address was changed",
        before: "Your account has another e-mail address now. This one opens it no longer.",
        after: "If it was not you, tell those who run this server at once.",
    },
    new_device: Phrases {
        subject: "A log-in on a new device",
        before: "Somebody has logged in to your account on a device that was not used for it before: {about}.",
        after: "If it was not you, change your password: that ends all other sessions.",
    },
    factors_changed: Phrases {
        subject: "How you log in was changed",
        before: "An authenticator app, a passkey or the recovery codes of your account were added, removed or \
                 made anew. All other sessions have ended.",
        after: "If it was not you, set a new password, and tell those who run this server at once.",
    },
};

/// Writes a letter of `kind`, with `code` if there is to be one.
#[must_use]
pub fn write(kind: LetterKind, about: &str, code: Option<&str>) -> Words {
    let language = &ENGLISH;
    let phrases = match kind {
        LetterKind::VerifyEmail => &language.verify_email,
        LetterKind::ResetPassword => &language.reset_password,
        LetterKind::ChangeEmail => &language.change_email,
        LetterKind::EmailChanged => &language.email_changed,
        LetterKind::NewDevice => &language.new_device,
        LetterKind::FactorsChanged => &language.factors_changed,
    };
    let before = phrases.before.replace("{about}", about);
    let (mut text, mut html) = (String::new(), String::new());
    // Writing to a string cannot fail.
    let _ = write!(text, "{before}\n\n");
    let _ = write!(html, "<!DOCTYPE html><html lang=\"{}\"><body><p>{}</p>", language.tag, escaped(&before));
    if let Some(code) = code {
        let _ = write!(text, "{code}\n\n");
        let _ = write!(html, "<p><code>{}</code></p>", escaped(code));
    }
    let _ = writeln!(text, "{}", phrases.after);
    let _ = write!(html, "<p>{}</p></body></html>", escaped(phrases.after));
    Words { subject: phrases.subject.to_owned(), text, html }
}

/// `text` where HTML is expected: what people have chosen says nothing to the
/// program of whoever reads it.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_the_same_as_text_and_as_html() {
        let words = write(LetterKind::ResetPassword, "", Some("the-code"));
        assert_eq!(words.subject, "A new password");
        for said in ["This code lets you do it:", "the-code", "one hour"] {
            assert!(words.text.contains(said) && words.html.contains(said), "{said}");
        }
    }

    #[test]
    fn what_somebody_calls_their_device_is_no_html() {
        let words = write(LetterKind::NewDevice, "<script>\"&", None);
        assert!(words.text.contains("<script>\"&"));
        assert!(words.html.contains("&lt;script&gt;&quot;&amp;") && !words.html.contains("<script"));
    }
}
