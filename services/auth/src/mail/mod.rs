//! Sends letters by e-mail.

use std::error::Error;
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{MailConfig, MailKind, SmtpSecurity};
use crate::domain::Email;

mod postman;
mod words;

pub use postman::Postman;
use words::{Opener, Words, write};

/// How long a mail server may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// A way to send letters.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

enum Way {
    Console,
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// Why letters cannot be sent as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMail {
    /// The file cannot be read.
    #[error("the certificate in --smtp-ca-file cannot be read")]
    Certificate(#[from] std::io::Error),
    /// The certificate or the name of the server is not one.
    #[error("the mail server cannot be reached over TLS as it is set up")]
    Tls(#[from] lettre::transport::smtp::Error),
    /// One is of no use without the other.
    #[error("--smtp-user and CONFAB_SMTP_PASSWORD go together")]
    HalfCredentials,
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    /// It may be sent later.
    #[error("the mail server does not take the letter now")]
    Now(#[source] lettre::transport::smtp::Error),
    /// It will not be sent however often it is tried.
    #[error("the letter cannot be sent")]
    Ever(#[source] Box<dyn Error + Send + Sync>),
}

impl Mailer {
    /// The way to send letters that `config` sets, with the password for the
    /// mail server if it wants one; `None` if none are sent.
    ///
    /// # Errors
    ///
    /// [`InvalidMail`] says what is wrong with the settings. Nothing is sent yet.
    pub fn new(config: &MailConfig, password: Option<SecretString>) -> Result<Option<Self>, InvalidMail> {
        let way = match config.mail {
            MailKind::Off => return Ok(None),
            MailKind::Console => Way::Console,
            MailKind::Smtp => Way::Smtp(transport(config, password)?),
        };
        Ok(Some(Self { from: config.mail_from.clone(), way }))
    }

    /// Sends `words` to `to`. After [`Unsent::Now`] they may have been sent all the same.
    async fn send(&self, to: &Email, words: &Words) -> Result<(), Unsent> {
        let Words { subject, text, html } = words;
        let Way::Smtp(transport) = &self.way else {
            println!("--- a letter to {} ---\n{subject}\n\n{text}---", to.as_str());
            return Ok(());
        };
        let address: Address = to.as_str().parse().map_err(|error| Unsent::Ever(Box::new(error)))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject)
            .multipart(MultiPart::alternative_plain_html(text.clone(), html.clone()))
            .map_err(|error| Unsent::Ever(Box::new(error)))?;
        match transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Unsent::Ever(Box::new(error))),
            Err(error) => Err(Unsent::Now(error)),
        }
    }
}

fn transport(
    config: &MailConfig,
    password: Option<SecretString>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, InvalidMail> {
    let tls = || -> Result<TlsParameters, InvalidMail> {
        let mut tls = TlsParameters::builder(config.smtp_host.clone());
        if let Some(file) = &config.smtp_ca_file {
            tls = tls.add_root_certificate(Certificate::from_pem(&std::fs::read(file)?)?);
        }
        Ok(tls.build()?)
    };
    let tls = match config.smtp_security {
        SmtpSecurity::Tls => Tls::Wrapper(tls()?),
        SmtpSecurity::Starttls => Tls::Required(tls()?),
        SmtpSecurity::None => Tls::None,
    };
    // "Dangerous" is that it has no TLS, which is set here.
    let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.smtp_host)
        .port(config.smtp_port)
        .timeout(Some(ANSWER_TIME_MAX))
        .tls(tls);
    match (&config.smtp_user, password) {
        (None, None) => Ok(server.build()),
        (Some(user), Some(password)) => {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            Ok(server.credentials(credentials).build())
        }
        _ => Err(InvalidMail::HalfCredentials),
    }
}
