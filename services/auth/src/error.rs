//! Why requests fail, and what clients are told about it.

use std::time::Duration;

use confab_core::{MediaId, UserId};
use confab_db::StoreError;
use confab_rpc::Failure;
use tonic::Status;
use tonic::metadata::errors::InvalidMetadataValue;

use crate::domain::{Block, Identity, Invite, Method, Passkey};
use crate::oidc::Failed;
use crate::webauthn::Refused;

/// What to wait before a retry when the store did not answer, or everybody
/// wants to log in at once.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What to wait before a retry when letters are not sent as fast as they are asked for.
const LETTERS_RETRY_AFTER: Duration = Duration::from_mins(1);

/// What to wait before an export is tried again.
const EXPORT_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// What to wait before a retry when the media service did not answer.
const MEDIA_RETRY_AFTER: Duration = Duration::from_secs(1);

/// What to wait before a provider is asked again that did not answer.
const PROVIDER_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Why a request failed, in the words of the domain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the request is not what it should be.
    #[error("{field} {problem}")]
    Invalid {
        /// Where in the request, with dots.
        field: &'static str,
        /// What is wrong, to be read behind the name of the field.
        problem: String,
    },
    /// Not everybody may sign up here.
    #[error("one has to be invited to sign up here")]
    InviteNeeded,
    /// There is no such invitation, or it cannot be used any more.
    #[error("invite_code is not that of an invitation which can still be used")]
    NoSuchInvite,
    /// Somebody has as many invitations as they can.
    #[error("you have {} invitations that can still be used; take some back first", Invite::PER_USER_MAX)]
    TooManyInvites,
    /// What was asked for needs e-mail.
    #[error("this server sends no e-mail; ask those who run it")]
    MailOff,
    /// There are too many letters to send.
    #[error("too many letters are to be sent; try again later")]
    TooManyLetters,
    /// Nobody was sent such a code for this, or it was used, or it is too old.
    #[error("code is none that can (still) be used for this")]
    NoSuchCode,
    /// Whoever signs up has not proved that the address is theirs.
    #[error("prove first that the e-mail address is yours: ask for a letter with a code")]
    EmailCodeNeeded,
    /// The same as [`Error::NoSuchCode`], of whoever signs up.
    #[error("email_code is none that can (still) be used for this address")]
    NoSuchEmailCode,
    /// Somebody who is logged in has mistyped their password.
    #[error("password is wrong")]
    WrongPassword,
    /// What somebody asked for could do harm, and it is not sure that it is still them.
    #[error("prove first that it is still you")]
    StepUpNeeded {
        /// How they can.
        methods: Vec<Method>,
    },
    /// What somebody shows as a second factor is not theirs, or was used.
    #[error("code is wrong, or was used")]
    WrongCode,
    /// What a passkey has signed does not hold.
    #[error("the passkey was not accepted; try again")]
    WrongPasskey,
    /// Somebody has no such passkey.
    #[error("there is no such passkey")]
    NoSuchPasskey,
    /// Somebody has as many passkeys as they can.
    #[error("you have {} passkeys; remove some first", Passkey::PER_USER_MAX)]
    TooManyPasskeys,
    /// A passkey could not be asked.
    #[error("asking a passkey failed")]
    Webauthn(#[source] Refused),
    /// There is no provider that is called so.
    #[error("there is no such provider")]
    NoSuchProvider,
    /// Nobody was sent to a provider with this, or not from here, or too long ago.
    #[error("the log-in was not begun here, took too long, or is over; begin again")]
    NoSuchAttempt,
    /// A provider does not vouch for whoever comes back from it, or is not believed.
    #[error("the provider does not say who you are; begin again")]
    ProviderRefused,
    /// A provider does not answer as it should.
    #[error("the provider cannot be asked right now; try again later")]
    ProviderDown(#[source] Failed),
    /// A provider does not say that somebody's address is theirs.
    #[error("the provider does not say that your e-mail address is yours; prove it there first")]
    ProviderEmailUnverified,
    /// There is an account with the address, whose owner has not proved it here.
    #[error(
        "there is an account with your e-mail address; log in to it with the password, and link the provider \
         in the settings"
    )]
    LinkNeeded,
    /// Somebody's identity elsewhere is linked to another account.
    #[error("that log-in is linked to another account")]
    IdentityTaken,
    /// Somebody has linked as many as they can.
    #[error("you have linked {} log-ins; remove some first", Identity::PER_USER_MAX)]
    TooManyIdentities,
    /// Nobody is asked for a second factor with this, or not any more.
    #[error("the log-in took too long or is over; begin again")]
    NoSuchChallenge,
    /// Somebody has an authenticator app already.
    #[error("you have an authenticator app already; remove it first")]
    TotpEnabled,
    /// There is no authenticator app to confirm.
    #[error("there is no authenticator app to confirm (any more); begin again")]
    TotpNotBegun,
    /// There is nothing that recovery codes could stand in for.
    #[error("you have no second factor")]
    NoSecondFactor,
    /// Somebody has signed up with the address before.
    #[error("there is an account with this e-mail address already")]
    EmailTaken,
    /// Which of the two it was is not said, so that nobody can find out who
    /// has an account.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// Somebody who is logged in has mistyped their password.
    #[error("old_password is wrong")]
    WrongOldPassword,
    /// The person logged out, or the session was too old.
    #[error("the session has ended; log in again")]
    SessionEnded,
    /// Nobody can log in to the account.
    #[error("this account is disabled; ask those who run the server")]
    AccountDisabled,
    /// Only admins can.
    #[error("only admins can do that")]
    NotAdmin,
    /// There has to be somebody who can make others admins.
    #[error("there would be no admin left; make somebody else one first")]
    LastAdmin,
    /// There is nobody with the id.
    #[error("there is no such person")]
    NoSuchUser {
        /// The id.
        user: UserId,
    },
    /// Somebody has named themselves.
    #[error("user_id must not be your own")]
    Oneself,
    /// A file is not there, or not for somebody to show as their picture.
    #[error("there is no such picture of yours")]
    NoSuchPicture {
        /// The file.
        media: MediaId,
    },
    /// Nobody keeps pictures.
    #[error("this server keeps no pictures; ask those who run it")]
    PicturesOff,
    /// The media service does not answer.
    #[error("pictures cannot be asked for right now; try again in a moment")]
    Media(#[source] Box<Status>),
    /// Somebody has blocked as many people as they can.
    #[error("you have blocked {} people; unblock some first", Block::COUNT_MAX)]
    TooManyBlocked,
    /// There were too many log-ins or sign-ups, from one network or from all.
    #[error("there were too many attempts; try again in {} s", whole_seconds(*wait))]
    TooManyRequests {
        /// How long to wait.
        wait: Duration,
    },
    /// A password was tried too often.
    #[error("the password or code was wrong too often; {}", advice(*wait))]
    TooManyGuesses {
        /// How long to wait; `None` if that does not help.
        wait: Option<Duration>,
    },
    /// More people want to log in than passwords can be hashed.
    #[error("too many people are logging in right now; try again in a moment")]
    Busy,
    /// Too much is being read for exports already, or for this person.
    #[error("an export is under way already; try again later")]
    TooManyExports,
    /// Some of what is kept of somebody cannot be had now.
    #[error("the export was broken off; begin again")]
    ExportBrokenOff(#[source] Box<Status>),
    /// What was read could not be put into an archive.
    #[error("making an archive failed")]
    Archive(#[from] zip::result::ZipError),
    /// A password could not be hashed or compared.
    #[error("hashing a password failed")]
    Hashing(#[from] bcrypt::BcryptError),
    /// The thread that hashes passwords died.
    #[error("hashing a password was broken off")]
    HashingBrokenOff(#[from] tokio::task::JoinError),
    /// An access token could not be signed.
    #[error("signing an access token failed")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// A secret of ours does not fit into a header.
    #[error("a session secret is malformed")]
    MalformedSecret(#[from] InvalidMetadataValue),
    /// A picture could not be drawn.
    #[error("drawing a QR code failed")]
    Drawing(#[from] qrcode::types::QrError),
    /// The system gave no random numbers.
    #[error("the system has no randomness")]
    Randomness(#[from] getrandom::Error),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        // No `_` arm: whoever adds an error is made to choose its code here.
        let failure = match &error {
            Error::Invalid { field, problem } => Failure::invalid("INVALID_FIELD").field(field, problem),
            Error::InviteNeeded => Failure::denied("INVITE_NEEDED"),
            Error::NoSuchInvite => Failure::invalid("NO_SUCH_INVITE").field("invite_code", "cannot be used"),
            Error::TooManyInvites => full("TOO_MANY_INVITES", "invites_max", Invite::PER_USER_MAX),
            Error::MailOff => Failure::precondition("MAIL_OFF"),
            Error::TooManyLetters => Failure::exhausted("TOO_MANY_LETTERS").retry_after(LETTERS_RETRY_AFTER),
            Error::NoSuchCode => Failure::invalid("NO_SUCH_CODE").field("code", "cannot be used"),
            Error::EmailCodeNeeded => Failure::precondition("EMAIL_CODE_NEEDED"),
            Error::NoSuchEmailCode => Failure::invalid("NO_SUCH_CODE").field("email_code", "cannot be used"),
            Error::WrongPassword => wrong("WRONG_PASSWORD", "password"),
            Error::StepUpNeeded { methods } => step_up_needed(methods),
            Error::WrongCode => Failure::invalid("WRONG_CODE").field("code", "is wrong, or was used"),
            Error::WrongPasskey => Failure::invalid("WRONG_PASSKEY"),
            Error::NoSuchPasskey => Failure::not_found("NO_SUCH_PASSKEY"),
            Error::TooManyPasskeys => full("TOO_MANY_PASSKEYS", "passkeys_max", Passkey::PER_USER_MAX),
            Error::Webauthn(_) => Failure::internal("WEBAUTHN_FAILED"),
            Error::NoSuchProvider => Failure::not_found("NO_SUCH_PROVIDER"),
            Error::NoSuchAttempt => Failure::unauthenticated("NO_SUCH_ATTEMPT"),
            Error::ProviderRefused => Failure::unauthenticated("PROVIDER_REFUSED"),
            Error::ProviderDown(_) => Failure::unavailable("PROVIDER_DOWN").retry_after(PROVIDER_RETRY_AFTER),
            Error::ProviderEmailUnverified => Failure::precondition("PROVIDER_EMAIL_UNVERIFIED"),
            Error::LinkNeeded => Failure::precondition("LINK_NEEDED"),
            Error::IdentityTaken => Failure::already_exists("IDENTITY_TAKEN"),
            Error::TooManyIdentities => full("TOO_MANY_IDENTITIES", "identities_max", Identity::PER_USER_MAX),
            Error::NoSuchChallenge => Failure::unauthenticated("NO_SUCH_CHALLENGE"),
            Error::TotpEnabled => Failure::precondition("TOTP_ENABLED"),
            Error::TotpNotBegun => Failure::precondition("TOTP_NOT_BEGUN"),
            Error::NoSecondFactor => Failure::precondition("NO_SECOND_FACTOR"),
            Error::EmailTaken => {
                Failure::already_exists("EMAIL_TAKEN").field("email", "has an account already")
            }
            Error::WrongCredentials => Failure::unauthenticated("WRONG_CREDENTIALS"),
            Error::WrongOldPassword => wrong("WRONG_OLD_PASSWORD", "old_password"),
            Error::SessionEnded => Failure::unauthenticated("SESSION_ENDED"),
            Error::AccountDisabled => Failure::denied("ACCOUNT_DISABLED"),
            Error::NotAdmin => Failure::denied("NOT_ADMIN"),
            Error::LastAdmin => Failure::precondition("LAST_ADMIN"),
            Error::NoSuchUser { user } => Failure::not_found("NO_SUCH_USER").with("user_id", user),
            Error::Oneself => Failure::invalid("ONESELF").field("user_id", "must not be your own"),
            Error::NoSuchPicture { media } => Failure::not_found("NO_SUCH_MEDIA")
                .with("media_id", media)
                .field("profile.picture_id", "names no picture of yours"),
            Error::PicturesOff => Failure::precondition("PICTURES_OFF"),
            Error::Media(_) => Failure::unavailable("MEDIA_DOWN").retry_after(MEDIA_RETRY_AFTER),
            Error::TooManyBlocked => full("TOO_MANY_BLOCKED", "blocked_users_max", Block::COUNT_MAX),
            Error::TooManyRequests { wait } => later(Failure::exhausted("TOO_MANY_REQUESTS"), *wait),
            Error::TooManyGuesses { wait } => too_many_guesses(*wait),
            Error::TooManyExports => Failure::exhausted("TOO_MANY_EXPORTS").retry_after(EXPORT_AGAIN_AFTER),
            Error::ExportBrokenOff(_) => later(Failure::unavailable("EXPORT_BROKEN_OFF"), EXPORT_AGAIN_AFTER),
            Error::Archive(_) => Failure::internal("ARCHIVE_FAILED"),
            Error::Busy => Failure::exhausted("TOO_MANY_LOG_INS").retry_after(RETRY_AFTER),
            Error::Hashing(_) | Error::HashingBrokenOff(_) => Failure::internal("HASHING_FAILED"),
            Error::Signing(_) => Failure::internal("SIGNING_FAILED"),
            Error::MalformedSecret(_) => Failure::internal("MALFORMED_SECRET"),
            Error::Drawing(_) => Failure::internal("DRAWING_FAILED"),
            Error::Randomness(_) => Failure::internal("NO_RANDOMNESS"),
            Error::Store(error) => of_store(error),
        };
        failure.into_status(&error)
    }
}

/// A secret in `field` is not the right one.
fn wrong(reason: &'static str, field: &str) -> Failure {
    Failure::invalid(reason).field(field, "is wrong")
}

/// It may go well after this time: whole seconds, so that nobody comes back too early.
fn later(failure: Failure, wait: Duration) -> Failure {
    failure.retry_after(Duration::from_secs(whole_seconds(wait)))
}

/// There are as many as there can be.
fn full(reason: &'static str, name: &'static str, count_max: usize) -> Failure {
    Failure::precondition(reason).with(name, &count_max)
}

fn step_up_needed(methods: &[Method]) -> Failure {
    let words: Vec<&str> = methods.iter().map(|method| method.word()).collect();
    Failure::precondition("STEP_UP_NEEDED").with("methods", &words.join(","))
}

fn too_many_guesses(wait: Option<Duration>) -> Failure {
    let failure = Failure::exhausted("TOO_MANY_GUESSES");
    match wait {
        Some(wait) => later(failure, wait),
        None => failure,
    }
}

fn of_store(error: &StoreError) -> Failure {
    match error {
        StoreError::Unavailable { .. } => Failure::unavailable("STORE_DOWN").retry_after(RETRY_AFTER),
        // It may have been stored: the retry finds out.
        StoreError::Unknown { .. } => Failure::unavailable("OUTCOME_UNKNOWN").retry_after(RETRY_AFTER),
        StoreError::Full { .. } => Failure::exhausted("STORE_FULL"),
        StoreError::Corrupt { .. } => Failure::internal("STORE_CORRUPT"),
    }
}

/// What somebody can do whose password was tried too often.
fn advice(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) => format!("try again in {} s", whole_seconds(wait)),
        None => "log in from a device that you have used before".to_owned(),
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn a_bad_field_is_named() {
        let status = Status::from(Error::Invalid { field: "password", problem: "is too common".into() });
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), "password is too common");
        let details = status.get_error_details();
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "password");
    }

    #[test]
    fn whoever_is_turned_away_is_told_when_to_come_back() {
        let status = Status::from(Error::Busy);
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert!(status.get_error_details().retry_info().is_some());

        let wait = Duration::from_millis(20_001);
        for error in [Error::TooManyRequests { wait }, Error::TooManyGuesses { wait: Some(wait) }] {
            let status = Status::from(error);
            assert_eq!(status.code(), Code::ResourceExhausted);
            assert!(status.message().ends_with("try again in 21 s"), "{status:?}");
            let details = status.get_error_details();
            assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(21)));
        }
        let closed = Status::from(Error::TooManyGuesses { wait: None });
        assert!(closed.get_error_details().retry_info().is_none());
    }

    #[test]
    fn our_own_faults_are_not_described() {
        let status = Status::from(Error::Hashing(bcrypt::BcryptError::InvalidHash("$2b$ is odd")));
        assert_eq!(status.code(), Code::Internal);
        assert!(!status.message().contains("2b"), "{status:?}");
    }
}
