//! Takes letters out of the store and sends them.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, UserId};
use confab_db::StoreError;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Mailer, Opener, Unsent, write};
use crate::config::Origin;
use crate::domain::{Letter, LetterKind, MailCode, MailSecret};
use crate::store::Stores;

/// How often the postman looks for letters that others have put into the store,
/// or that are to be tried again.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Sends letters, for as long as it is let.
#[derive(Clone)]
pub struct Postman {
    pub(crate) stores: Stores,
    pub(crate) mailer: Option<Arc<Mailer>>,
    /// Where the web page is that letters lead to.
    pub(crate) page: Origin,
    pub(crate) clock: Arc<dyn Clock>,
    /// Rung when there is a letter.
    pub(crate) bell: Arc<Notify>,
}

/// Why a letter is still there.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Unsent(#[from] Unsent),
    #[error("the mail server took too long")]
    TooLong,
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the system has no randomness")]
    Randomness(#[from] getrandom::Error),
}

impl Postman {
    /// Sends what there is, and waits for more. Goes on for ever.
    pub async fn run(&self) {
        let Some(mailer) = &self.mailer else { return std::future::pending().await };
        loop {
            match self.stores.letters.claim(self.clock.now()).await {
                Ok(Some(letter)) => self.deliver(mailer, letter).await,
                Ok(None) => self.rest().await,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn StdError, "letters cannot be looked for");
                    self.rest().await;
                }
            }
        }
    }

    /// Waits until there is a letter, or it is time to look.
    async fn rest(&self) {
        // It makes no difference which of the two it was.
        let _ = timeout(LOOK_INTERVAL, self.bell.notified()).await;
    }

    /// Tries to send `letter`, and notes how that went.
    async fn deliver(&self, mailer: &Mailer, letter: Letter) {
        let letters = &self.stores.letters;
        let now = self.clock.now();
        let attempt = timeout(Letter::TRY_TIME_MAX, self.send(mailer, &letter)).await;
        let noted = match attempt.unwrap_or(Err(Failed::TooLong)) {
            Ok(()) => letters.update(&letter.sent(now)).await,
            Err(error) => {
                if let Some(later) = letter.put_off(now).filter(|_| error.is_passing()) {
                    error.log(&letter, "a letter cannot be sent now; it is tried again");
                    letters.update(&later).await
                } else {
                    error.log(&letter, "a letter cannot be sent; it is given up");
                    letters.delete(letter.key()).await
                }
            }
        };
        // Then it is tried once more when its time is over.
        if let Err(error) = noted {
            tracing::warn!(error = &error as &dyn StdError, "what became of a letter cannot be noted");
        }
    }

    /// Sends `letter`, unless it is for nobody.
    async fn send(&self, mailer: &Mailer, letter: &Letter) -> Result<(), Failed> {
        let users = &self.stores.users;
        let user = match letter.kind {
            LetterKind::EmailChanged | LetterKind::NewDevice | LetterKind::FactorsChanged => {
                let words = write(letter.kind, &letter.about, None);
                return Ok(mailer.send(&letter.to, &words).await?);
            }
            // Whoever has an account is told so, and by nobody else: the answer was the same.
            LetterKind::SignUp if users.find_by_email(&letter.to).await?.is_some() => {
                let words = write(letter.kind, &letter.about, None);
                return Ok(mailer.send(&letter.to, &words).await?);
            }
            // Who they will be.
            LetterKind::SignUp => Some(UserId::new(self.clock.now())),
            LetterKind::VerifyEmail | LetterKind::ResetPassword => {
                users.find_by_email(&letter.to).await?.map(|(account, _)| account.user.id)
            }
            // Whoever has the address already is not asked to give it away.
            LetterKind::ChangeEmail if users.find_by_email(&letter.to).await?.is_some() => None,
            LetterKind::ChangeEmail => letter.user,
        };
        let Some(user) = user else { return Ok(()) };
        // A new code for each try: one that was sent before, and perhaps arrived, ends with it.
        let code = MailSecret::generate()?;
        let expires = self.clock.now().plus(MailCode::LIFETIME);
        let kept = MailCode { hash: code.hash(), kind: letter.kind, user, email: letter.to.clone(), expires };
        self.stores.letters.keep_code(&kept).await?;
        let opener = Opener::new(&self.page, letter.kind, &code);
        let words = write(letter.kind, &letter.about, Some(&opener));
        Ok(mailer.send(&letter.to, &words).await?)
    }
}

impl Failed {
    /// Tells whoever runs the server, and not to whom the letter is.
    fn log(&self, letter: &Letter, what: &str) {
        let (kind, tries) = (letter.kind.word(), letter.tries);
        tracing::warn!(error = self as &dyn StdError, kind, tries, "{what}");
    }

    /// Whether it may go better later.
    fn is_passing(&self) -> bool {
        !matches!(self, Self::Unsent(Unsent::Ever(_)))
    }
}
