//! What operators can set about letters by e-mail.

use std::path::PathBuf;

use lettre::message::Mailbox;

/// Settings of e-mail.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct MailConfig {
    /// How letters are sent: not at all, by SMTP, or to the terminal, for development.
    ///
    /// Without it nobody can prove that an address is theirs, get in who has
    /// forgotten a password, or change the address: such requests say so.
    #[arg(long, env = "CONFAB_MAIL", value_name = "OFF|CONSOLE|SMTP", default_value = "off")]
    pub mail: MailKind,

    /// Whom letters are from, such as `Confab <confab@example.com>`
    #[arg(
        long,
        env = "CONFAB_MAIL_FROM",
        value_name = "ADDRESS",
        default_value = "Confab <confab@localhost>"
    )]
    pub mail_from: Mailbox,

    /// The SMTP server that takes letters
    #[arg(long, env = "CONFAB_SMTP_HOST", value_name = "HOST", default_value = "localhost")]
    pub smtp_host: String,

    /// Its port, usually 587 with starttls, 465 with tls, 25 without
    #[arg(long, env = "CONFAB_SMTP_PORT", value_name = "PORT", default_value_t = 587)]
    pub smtp_port: u16,

    /// How the way there is kept secret: from the beginning, after a greeting, or not at all.
    ///
    /// A server that cannot do what is asked for here gets no letters.
    #[arg(long, env = "CONFAB_SMTP_SECURITY", value_name = "TLS|STARTTLS|NONE", default_value = "starttls")]
    pub smtp_security: SmtpSecurity,

    /// The name to log in to the SMTP server with, if it asks for one
    ///
    /// The password is a secret, so it comes from the variable
    /// `CONFAB_SMTP_PASSWORD`, or from a file: --smtp-password-file.
    #[arg(long, env = "CONFAB_SMTP_USER", value_name = "NAME")]
    pub smtp_user: Option<String>,

    /// A file with the certificate of an authority to trust besides those of the system
    #[arg(long, env = "CONFAB_SMTP_CA_FILE", value_name = "FILE")]
    pub smtp_ca_file: Option<PathBuf>,
}

/// How letters are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum MailKind {
    /// Not at all.
    #[default]
    Off,
    /// To the terminal, codes included.
    Console,
    /// To a mail server.
    Smtp,
}

/// How the way to the mail server is kept secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SmtpSecurity {
    /// From the beginning (RFC 8314).
    Tls,
    /// After a greeting (RFC 3207); a server that cannot is not used.
    #[default]
    Starttls,
    /// Not at all: for a server on the same machine.
    None,
}
