//! Requests that have to do with letters.

use confab_proto::auth::v1;

use super::field;
use crate::domain::{Email, EmailChange, MailSecret, Password};
use crate::error::Error;

/// The code that a request shows, if it can be one.
pub fn mail_code(text: &str) -> Option<MailSecret> {
    MailSecret::claimed(text)
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
