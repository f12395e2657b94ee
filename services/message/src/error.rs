//! Why a request failed, and what its client is told.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{ConversationId, UserId};
use confab_db::StoreError;
use confab_rpc::Failure;
use tonic::Status;

use crate::domain::{PINS_MAX, REACTION_KINDS_MAX, Refusal, Role};

/// What to wait before trying again what the store could not do.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a request failed, in the words of the domain.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("{field} {problem}")]
    Invalid { field: &'static str, problem: String },
    #[error("there is no such conversation")]
    NoSuchConversation { conversation: ConversationId },
    #[error("there is no such person")]
    NoSuchUser { field: &'static str, user: UserId },
    #[error("user_id must not be your own")]
    Oneself,
    #[error("nothing can be sent in this conversation now")]
    NotReceiving { conversation: ConversationId },
    #[error("seq is above the newest event of the conversation")]
    AboveHead { seq: i64 },
    #[error("client_id was used before, for the message with seq {original_seq}")]
    ClientIdTaken { conversation: ConversationId, original_seq: i64 },
    #[error("client_id was used before, for another group")]
    GroupExists { conversation: ConversationId },
    #[error("{}", refused(.0))]
    Refused(Refusal),
    #[error("too many messages are on their way to this conversation; try again")]
    ConversationBusy,
    #[error("too much happens in this conversation; wait a moment")]
    TooOften { conversation: ConversationId, wait: Duration },
    #[error("too many marks are on their way; try again")]
    MarksBusy,
    #[error("too many live streams are open; close some, or try again later")]
    TooManyStreams,
    #[error("this server does not push")]
    PushOff,
    #[error("it is not known whether the message was stored; try again with the same client_id")]
    Unsettled,
    #[error("the auth service did not answer")]
    Auth(#[source] Arc<Status>),
    #[error("{field}: there is no such file, or it is not yours to attach")]
    NoSuchMedia { field: &'static str, media: String },
    #[error("the media service did not answer")]
    Media(#[source] Arc<Status>),
    #[error("{}", advice(.0))]
    Store(#[source] Arc<StoreError>),
}

impl Error {
    /// Whether it is certain that nothing was stored.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Unsettled => false,
            Self::Store(error) => {
                matches!(**error, StoreError::Unavailable { .. } | StoreError::Full { .. })
            }
            _ => true,
        }
    }

    /// The field `field` of a request has the `problem`.
    pub fn invalid(field: &'static str, problem: impl ToString) -> Self {
        Self::Invalid { field, problem: problem.to_string() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        // No `_` arm: whoever adds an error is made to choose its code here.
        let failure = match &error {
            Error::Invalid { field, problem } => Failure::invalid("INVALID_FIELD").field(field, problem),
            Error::NoSuchConversation { conversation } => {
                Failure::not_found("NO_SUCH_CONVERSATION").with("conversation_id", conversation)
            }
            Error::NoSuchUser { field, user } => {
                Failure::not_found("NO_SUCH_USER").with("user_id", user).field(field, "names nobody")
            }
            Error::Oneself => Failure::invalid("ONESELF").field("user_id", "must not be your own"),
            Error::NotReceiving { conversation } => {
                Failure::denied("NOT_RECEIVING").with("conversation_id", conversation)
            }
            Error::AboveHead { seq } => {
                Failure::invalid("ABOVE_HEAD").with("seq", seq).field("seq", "is above the newest event")
            }
            Error::ClientIdTaken { conversation, original_seq } => Failure::already_exists("CLIENT_ID_TAKEN")
                .with("conversation_id", conversation)
                .with("original_seq", original_seq)
                .field("client_id", "was used before for another text"),
            Error::GroupExists { conversation } => Failure::already_exists("CLIENT_ID_TAKEN")
                .with("conversation_id", conversation)
                .field("client_id", "was used before for another group"),
            Error::Refused(refusal) => of_refusal(refusal),
            Error::ConversationBusy => Failure::exhausted("CONVERSATION_BUSY").retry_after(RETRY_AFTER),
            Error::TooOften { conversation, wait } => Failure::exhausted("TOO_MANY_REQUESTS")
                .with("share", &"conversation")
                .with("conversation_id", conversation)
                .retry_after(*wait),
            Error::MarksBusy => Failure::exhausted("MARKS_BUSY").retry_after(RETRY_AFTER),
            Error::TooManyStreams => Failure::exhausted("TOO_MANY_STREAMS").retry_after(RETRY_AFTER),
            Error::PushOff => Failure::precondition("PUSH_OFF"),
            Error::Unsettled => Failure::unavailable("UNSETTLED").retry_after(RETRY_AFTER),
            Error::Auth(_) => Failure::unavailable("AUTH_DOWN").retry_after(RETRY_AFTER),
            Error::NoSuchMedia { field, media } => Failure::not_found("NO_SUCH_MEDIA")
                .with("media_id", media)
                .field(field, "names no file of yours"),
            Error::Media(_) => Failure::unavailable("MEDIA_DOWN").retry_after(RETRY_AFTER),
            Error::Store(cause) => of_store(cause),
        };
        failure.into_status(&error)
    }
}

fn of_store(error: &StoreError) -> Failure {
    match error {
        StoreError::Unavailable { .. } => Failure::unavailable("STORE_DOWN").retry_after(RETRY_AFTER),
        StoreError::Unknown { .. } => Failure::unavailable("UNSETTLED").retry_after(RETRY_AFTER),
        StoreError::Full { .. } => Failure::exhausted("STORE_FULL").retry_after(RETRY_AFTER),
        StoreError::Corrupt { .. } => Failure::internal("STORE_CORRUPT"),
    }
}

/// What people are told of a store's failure. The store's own words are for the log.
fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable { .. } => "the store is not available; nothing was changed; try again",
        StoreError::Unknown { .. } => "it is not known whether it was stored; try again with the same ids",
        StoreError::Full { .. } => "the disk of the server is full; nothing was changed",
        StoreError::Corrupt { .. } => "the store failed",
    }
}

fn of_refusal(refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::NotIn => Failure::not_found("NO_SUCH_CONVERSATION"),
        Refusal::Needs(role) => Failure::denied("ROLE_TOO_LOW").with("role", &role_name(*role)),
        Refusal::NotAGroup => Failure::precondition("NOT_A_GROUP"),
        Refusal::NoSuchMessage(seq) => Failure::not_found("NO_SUCH_MESSAGE").with("seq", seq),
        Refusal::Deleted(seq) => Failure::precondition("MESSAGE_DELETED").with("seq", seq),
        Refusal::Forwarded(seq) => Failure::precondition("MESSAGE_FORWARDED").with("seq", seq),
        Refusal::NotTheirs(seq) => Failure::denied("NOT_YOUR_MESSAGE").with("seq", seq),
        Refusal::NothingToAnswer(seq) => Failure::precondition("NOTHING_TO_ANSWER")
            .with("seq", seq)
            .field("reply_to_seq", "is no message that can be answered"),
        Refusal::MeansStranger(user) => Failure::precondition("NOT_A_MEMBER")
            .with("user_id", user)
            .field("mention_ids", "must be members of the conversation"),
        Refusal::NotAMember(user) => Failure::precondition("NOT_A_MEMBER").with("user_id", user),
        Refusal::TooManyReactions => {
            Failure::precondition("TOO_MANY_REACTIONS").with("max", &REACTION_KINDS_MAX)
        }
        Refusal::TooManyPins => Failure::precondition("TOO_MANY_PINS").with("max", &PINS_MAX),
        Refusal::TooManyMembers(max) => Failure::precondition("TOO_MANY_MEMBERS").with("max", max),
        Refusal::LastOwner => Failure::precondition("LAST_OWNER"),
    }
}

/// What people are told who may not do something.
fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotIn => "there is no such conversation".into(),
        Refusal::Needs(role) => format!("only those who are {} of the group may do that", role_name(*role)),
        Refusal::NotAGroup => "that is possible in groups only".into(),
        Refusal::NoSuchMessage(seq) => format!("there is no message with seq {seq}"),
        Refusal::Deleted(seq) => format!("the message with seq {seq} was deleted"),
        Refusal::Forwarded(seq) => format!("the message with seq {seq} was forwarded, and cannot be edited"),
        Refusal::NotTheirs(seq) => format!("the message with seq {seq} is somebody else's"),
        Refusal::NothingToAnswer(seq) => {
            format!("reply_to_seq: there is no message with seq {seq} to answer")
        }
        Refusal::MeansStranger(user) => format!("mention_ids: {user} is not in the conversation"),
        Refusal::NotAMember(user) => format!("{user} is not in the conversation"),
        Refusal::TooManyReactions => format!("a message has at most {REACTION_KINDS_MAX} different emoji"),
        Refusal::TooManyPins => format!("a conversation has at most {PINS_MAX} pinned messages"),
        Refusal::TooManyMembers(max) => format!("a group has at most {max} members"),
        Refusal::LastOwner => "a group needs an owner; appoint another one first".into(),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Member => "MEMBER",
        Role::Admin => "ADMIN",
        Role::Owner => "OWNER",
    }
}
