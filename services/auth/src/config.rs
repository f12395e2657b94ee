//! What operators can set about the auth service.

mod mail;
mod passkeys;

use std::num::NonZeroU32;
use std::time::Duration;

use crate::domain::EmailDomain;

pub use mail::{MailConfig, MailKind, SmtpSecurity};
pub use passkeys::{Origin, PasskeyConfig};

/// Settings of the auth service.
///
/// Each field is a flag and an environment variable. The first line of its
/// comment is what `--help` says.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Config {
    /// How hard a stolen password hash is to break: the cost of bcrypt, 10 to 16.
    ///
    /// Each step doubles the time of every log-in too; 12 takes about 0.3 s.
    /// Passwords are hashed anew at the next log-in after a change.
    #[arg(long, env = "CONFAB_PASSWORD_COST", default_value_t = 12, value_parser = clap::value_parser!(u32).range(10..=16))]
    pub password_cost: u32,

    /// How many log-ins and sign-ups may wait for a turn to be hashed.
    ///
    /// Too few, and people are turned away when many come at once; too many, and
    /// they wait long in vain. One core does three or four a second.
    #[arg(long, env = "CONFAB_PASSWORD_QUEUE", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub password_queue: u32,

    /// How long people stay logged in, such as 7d or 12h; at least 1m.
    ///
    /// After this they have to type their password again; a stolen cookie is
    /// good for as long.
    #[arg(long, env = "CONFAB_SESSION_LIFETIME", default_value = "7d", value_parser = session_lifetime)]
    pub session_lifetime: Duration,

    /// How old the key that access tokens are signed with may get, such as 90d; at least 1d.
    ///
    /// Then another one takes its place, without anybody noticing. A stolen key
    /// is good for as long, unless `confab admin rotate-keys` is run before.
    #[arg(long, env = "CONFAB_SIGNING_KEY_AGE", default_value = "90d", value_parser = signing_key_age)]
    pub signing_key_age: Duration,

    /// For how long it is kept what happened to accounts, such as 365d; at least 1d.
    ///
    /// Admins read there who has logged in, and from where. Too short, and what
    /// was done to an account cannot be found out any more; too long, and more is
    /// known of people than need be. At most a million entries are kept.
    #[arg(long, env = "CONFAB_AUDIT_RETENTION", default_value = "365d", value_parser = audit_retention)]
    pub audit_retention: Duration,

    /// Whether log-ins and sign-ups are limited, for each network and in all.
    ///
    /// Off is for tests and measurements. Tries of one password are limited all
    /// the same.
    #[arg(long, env = "CONFAB_ENTRY_LIMITS", value_name = "ON|OFF", default_value = "on")]
    pub entry_limits: EntryLimits,

    /// How many log-ins a minute one network may try: 24 bits of IPv4, 48 of IPv6.
    ///
    /// Too few, and the people of one office or provider keep each other out;
    /// too many, and one guesser keeps the others waiting. Without --proxies, all
    /// who come through a proxy are one network. Known devices do not count.
    #[arg(long, env = "CONFAB_NETWORK_LOG_INS_PER_MINUTE", default_value = "100")]
    pub network_log_ins_per_minute: NonZeroU32,

    /// How many log-ins a minute all may try together, on each process of auth.
    ///
    /// Above what the cores can hash it has no effect; too few, and whoever
    /// floods us keeps everybody out who comes from a new device.
    #[arg(long, env = "CONFAB_LOG_INS_PER_MINUTE", default_value = "1000")]
    pub log_ins_per_minute: NonZeroU32,

    /// How many sign-ups an hour one network may try.
    #[arg(long, env = "CONFAB_NETWORK_SIGN_UPS_PER_HOUR", default_value = "100")]
    pub network_sign_ups_per_hour: NonZeroU32,

    /// How many sign-ups an hour all may try together, on each process of auth.
    #[arg(long, env = "CONFAB_SIGN_UPS_PER_HOUR", default_value = "1000")]
    pub sign_ups_per_hour: NonZeroU32,

    /// How many letters to set a new password an hour one network may ask for.
    #[arg(long, env = "CONFAB_NETWORK_LETTERS_PER_HOUR", default_value = "30")]
    pub network_letters_per_hour: NonZeroU32,

    /// How many of them all may ask for together, on each process of auth.
    #[arg(long, env = "CONFAB_LETTERS_PER_HOUR", default_value = "1000")]
    pub letters_per_hour: NonZeroU32,

    /// Who may sign up: anybody, those with an address of a --sign-up-domain, or those who are invited.
    ///
    /// Whoever has an account invites others, also from other domains. The first
    /// account of all needs no invitation, so make it before others get there.
    #[arg(long, env = "CONFAB_SIGN_UP", value_name = "OPEN|DOMAIN|INVITED", default_value = "open")]
    pub sign_up: SignUpPolicy,

    /// A domain whose e-mail addresses may sign up, such as `example.com`
    ///
    /// May be given several times. That an address is one's own is proved only with
    /// `--sign-up-proof letter`.
    #[arg(long, env = "CONFAB_SIGN_UP_DOMAIN", value_name = "DOMAIN", value_delimiter = ',')]
    pub sign_up_domain: Vec<EmailDomain>,

    /// What proves, before there is an account, that an address belongs to whoever signs up.
    ///
    /// With letter, it takes the code of one, and nobody can find out by signing up who
    /// has an account; it needs --mail. With off, whoever signs up is in at once, and
    /// is told if an address has an account.
    #[arg(long, env = "CONFAB_SIGN_UP_PROOF", value_name = "OFF|LETTER", default_value = "off")]
    pub sign_up_proof: SignUpProof,

    /// Settings of e-mail.
    #[command(flatten)]
    pub mail: MailConfig,

    /// Settings of passkeys.
    #[command(flatten)]
    pub passkeys: PasskeyConfig,
}

/// Who may sign up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SignUpPolicy {
    /// Anybody.
    #[default]
    Open,
    /// Whoever has an address of some domains, or is invited.
    Domain,
    /// Whoever is invited.
    Invited,
}

/// What proves that an address belongs to whoever signs up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SignUpProof {
    /// Nothing does, yet.
    #[default]
    Off,
    /// The code of a letter to it.
    Letter,
}

/// Whether log-ins and sign-ups are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum EntryLimits {
    /// They are.
    #[default]
    On,
    /// As many as want to.
    Off,
}

/// The least age at which a signing key is replaced, a day: each one stays
/// published for a while, and only so many are.
const SIGNING_KEY_AGE_MIN: Duration = Duration::from_hours(24);

fn signing_key_age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if age >= SIGNING_KEY_AGE_MIN { Ok(age) } else { Err("must be at least 1d".to_owned()) }
}

/// For how long the audit log is kept at the least, a day, and at the most, a hundred years.
const AUDIT_RETENTION: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(24)..=Duration::from_hours(24 * 36_525);

fn audit_retention(text: &str) -> Result<Duration, String> {
    let retention = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if AUDIT_RETENTION.contains(&retention) {
        return Ok(retention);
    }
    Err("must be between 1d and 36525d".to_owned())
}

/// The shortest life of a session, a minute; anything less locks everybody out.
const SESSION_LIFETIME_MIN: Duration = Duration::from_mins(1);
/// The longest life of a session, 400 days. Browsers keep no cookie longer (RFC 6265bis).
const SESSION_LIFETIME_MAX: Duration = Duration::from_hours(400 * 24);

fn session_lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (SESSION_LIFETIME_MIN..=SESSION_LIFETIME_MAX).contains(&lifetime) {
        return Ok(lifetime);
    }
    Err("must be between 1m and 400d".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;

    fn parse(args: &[&str]) -> Result<Config, clap::Error> {
        let command = Config::augment_args(Command::new("auth").no_binary_name(true));
        command.try_get_matches_from(args).and_then(|matches| Config::from_arg_matches(&matches))
    }

    #[test]
    fn the_definition_is_sound() {
        Config::augment_args(Command::new("auth")).debug_assert();
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.password_cost, 12);
        assert_eq!(config.session_lifetime, Duration::from_hours(7 * 24));
    }

    #[test]
    fn what_would_be_unsafe_is_refused() {
        for args in [["--password-cost", "9"], ["--password-cost", "17"], ["--password-queue", "0"]] {
            assert!(parse(&args).is_err(), "{args:?}");
        }
        for domain in ["localhost", "a@example.com", ""] {
            assert!(parse(&["--sign-up-domain", domain]).is_err(), "{domain}");
        }
        for limit in ["--log-ins-per-minute", "--network-sign-ups-per-hour"] {
            assert!(parse(&[limit, "0"]).is_err(), "{limit}");
        }
        assert!(parse(&["--signing-key-age", "23h"]).is_err());
        assert!(parse(&["--audit-retention", "23h"]).is_err());
        for lifetime in ["0s", "59s", "401d", "7", "forever"] {
            assert!(parse(&["--session-lifetime", lifetime]).is_err(), "{lifetime}");
        }
    }

    #[test]
    fn durations_carry_units() {
        let config = parse(&["--session-lifetime", "90m"]).unwrap();
        assert_eq!(config.session_lifetime, Duration::from_mins(90));
    }
}
