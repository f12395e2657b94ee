//! Whether and how the service sends letters.

use std::sync::Arc;

use super::AuthService;
use crate::error::Error;
use crate::mail::{Mailer, Postman};

impl AuthService {
    /// Sends letters by `mailer`, or none without one, as it is at first.
    #[must_use]
    pub fn with_mail(mut self, mailer: Option<Mailer>) -> Self {
        self.postman.mailer = mailer.map(Arc::new);
        self
    }

    /// Whoever sends the letters that the service writes, while it runs.
    #[must_use]
    pub fn postman(&self) -> Postman {
        self.postman.clone()
    }

    /// Makes sure that letters are sent.
    ///
    /// # Errors
    ///
    /// [`Error::MailOff`] if they are not.
    pub(crate) fn require_mail(&self) -> Result<(), Error> {
        if self.sends_letters() { Ok(()) } else { Err(Error::MailOff) }
    }

    /// Whether letters are sent.
    pub(crate) fn sends_letters(&self) -> bool {
        self.postman.mailer.is_some()
    }
}
