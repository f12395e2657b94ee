//! Requests that have to do with letters.

use confab_proto::auth::v1;

use super::field;
use crate::domain::{Email, EmailChange, MailSecret, Password};
use crate::error::Error;

/// The code that a request shows, if it can be one.
pub fn mail_code(text: &str) -> Option<MailSecret> {
    MailSecret::claimed(text)
}

/// The code from a letter that somebody shows who signs up, if any.
pub fn email_code(text: &str) -> Result<Option<MailSecret>, Error> {
    let code = MailSecret::claimed(text);
    // What cannot be one is known to be none, and is answered as such.
    if code.is_none() && !text.is_empty() { Err(Error::NoSuchEmailCode) } else { Ok(code) }
}

/// The address that somebody wants to sign up with.
pub fn wanted_email(text: &str) -> Result<Email, Error> {
    field("email", Email::new(text))
}

/// The address that a request is about, if it can be one.
pub fn claimed_email(text: &str) -> Option<Email> {
    Email::new(text).ok()
}

impl TryFrom<v1::RequestEmailChangeRequest> for EmailChange {
    type Error = Error;

    fn try_from(request: v1::RequestEmailChangeRequest) -> Result<Self, Error> {
        Ok(Self {
            new: field("new_email", Email::new(&request.new_email))?,
            password: Password::claimed(&request.password),
        })
    }
}
