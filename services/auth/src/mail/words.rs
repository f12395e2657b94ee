//! What letters say, as text and as HTML.
//!
//! All words are in [`Language`], so that another language is another value of it.

use std::fmt::Write;

use secrecy::zeroize::Zeroizing;

use crate::config::Origin;
use crate::domain::{LetterKind, MailSecret};

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
    /// Between a link and the code that is in it.
    or_code: &'static str,
    sign_up: Phrases,
    /// In place of that, to whoever has an account.
    has_account: Phrases,
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
    /// Above the link.
    before: &'static str,
    /// Below it and the code.
    after: &'static str,
}

const ENGLISH: Language = Language {
    tag: "en",
    or_code: "Or type this code where you are asked for it:",
    sign_up: Phrases {
        subject: "Sign up",
        before: "With this link you sign up with this address:",
        after: "It is good for one hour and for one use. If it was not you who wanted that, ignore this letter.",
    },
    has_account: Phrases {
        subject: "You have an account already",
        before: "Somebody, probably you, wants to sign up with this address. It has an account already: log in \
                 to that.",
        after: "If you have forgotten the password, you can set a new one where you log in. If it was not you, \
                ignore this letter.",
    },
    verify_email: Phrases {
        subject: "Confirm your e-mail address",
        before: "With this link you confirm that this address is yours:",
        after: "It is good for one hour and for one use. If you have no account here, ignore this letter.",
    },
    reset_password: Phrases {
        subject: "A new password",
        before: "Somebody, probably you, wants to set a new password for your account. This link lets you do it:",
        after: "It is good for one hour and for one use. If it was not you, ignore this letter: without the \
                link nothing changes. Give it to nobody.",
    },
    change_email: Phrases {
        subject: "Confirm your new e-mail address",
        before: "With this link, an account gets this address in the place of the one it had. Open it where you \
                 are logged in:",
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

/// What lets the reader of a letter do something: a code, and a link with the code in it.
pub struct Opener {
    code: Zeroizing<String>,
    link: Zeroizing<String>,
}

impl Opener {
    /// What `code` is in a letter of `kind` that leads to the web page at `page`.
    pub fn new(page: &Origin, kind: LetterKind, code: &MailSecret) -> Self {
        let code = code.expose();
        // Behind the `#`: browsers keep that to themselves, so no server sees it, and no log.
        let link = Zeroizing::new(format!("{page}/#/{}/{}", kind.word(), *code));
        Self { code, link }
    }
}

/// Writes a letter of `kind`, with `opener` if it is to let its reader do something.
#[must_use]
pub fn write(kind: LetterKind, about: &str, opener: Option<&Opener>) -> Words {
    let language = &ENGLISH;
    let phrases = match kind {
        LetterKind::SignUp if opener.is_none() => &language.has_account,
        LetterKind::SignUp => &language.sign_up,
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
    if let Some(Opener { code, link }) = opener {
        let or_code = language.or_code;
        let _ = write!(text, "{}\n\n{or_code}\n\n{}\n\n", **link, **code);
        let (link, code) = (escaped(link), escaped(code));
        let _ =
            write!(html, "<p><a href=\"{link}\">{link}</a></p><p>{or_code}</p><p><code>{code}</code></p>");
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
        let (page, code) = ("https://chat.example.com".parse().unwrap(), MailSecret::generate().unwrap());
        let opener = Opener::new(&page, LetterKind::ResetPassword, &code);
        let words = write(LetterKind::ResetPassword, "", Some(&opener));
        assert_eq!(words.subject, "A new password");
        let code = code.expose();
        let link = format!("https://chat.example.com/#/reset-password/{}", *code);
        for said in ["This link lets you do it:", &link, "Or type this code", &code, "one hour"] {
            assert!(words.text.contains(said) && words.html.contains(said), "{said}");
        }
        assert!(words.html.contains(&format!("<a href=\"{link}\">")));
    }

    #[test]
    fn what_somebody_calls_their_device_is_no_html() {
        let words = write(LetterKind::NewDevice, "<script>\"&", None);
        assert!(words.text.contains("<script>\"&"));
        assert!(words.html.contains("&lt;script&gt;&quot;&amp;") && !words.html.contains("<script"));
    }
}
