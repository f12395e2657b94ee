//! What a client is told when something went wrong.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use confab_proto::ERROR_DOMAIN;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// A failure on its way to the client: a code, a reason for programs, and what
/// else helps whoever meets it (AIP-193).
///
/// The text for people is that of the error given to [`Failure::into_status`].
#[derive(Clone, Debug)]
#[must_use = "a failure does nothing until it is turned into a status"]
pub struct Failure {
    code: Code,
    reason: &'static str,
    metadata: Vec<(&'static str, String)>,
    violation: Option<(String, String)>,
    retry_after: Option<Duration>,
}

impl Failure {
    /// A failure with any `code`. `reason` is in capitals and never changes its meaning.
    pub const fn new(code: Code, reason: &'static str) -> Self {
        Self { code, reason, metadata: Vec::new(), violation: None, retry_after: None }
    }

    /// The request makes no sense, whatever the state of the system.
    pub const fn invalid(reason: &'static str) -> Self {
        Self::new(Code::InvalidArgument, reason)
    }

    /// We do not know who calls.
    pub const fn unauthenticated(reason: &'static str) -> Self {
        Self::new(Code::Unauthenticated, reason)
    }

    /// We know who calls, and they may not.
    pub const fn denied(reason: &'static str) -> Self {
        Self::new(Code::PermissionDenied, reason)
    }

    /// There is no such thing, or it is none of the caller's business.
    pub const fn not_found(reason: &'static str) -> Self {
        Self::new(Code::NotFound, reason)
    }

    /// It is there already, and differs.
    pub const fn already_exists(reason: &'static str) -> Self {
        Self::new(Code::AlreadyExists, reason)
    }

    /// The system is not in a state for this.
    pub const fn precondition(reason: &'static str) -> Self {
        Self::new(Code::FailedPrecondition, reason)
    }

    /// There is no room, or no turn, for this now.
    pub const fn exhausted(reason: &'static str) -> Self {
        Self::new(Code::ResourceExhausted, reason)
    }

    /// It cannot be done now, or it is not known whether it was done. A retry settles it.
    pub const fn unavailable(reason: &'static str) -> Self {
        Self::new(Code::Unavailable, reason)
    }

    /// It is our fault.
    pub const fn internal(reason: &'static str) -> Self {
        Self::new(Code::Internal, reason)
    }

    /// Adds something that the text names, for programs to read.
    pub fn with(mut self, key: &'static str, value: &dyn Display) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// Names the field of the request that was at fault, and what was wrong with it.
    pub fn field(mut self, field: &str, problem: impl Display) -> Self {
        self.violation = Some((field.to_owned(), problem.to_string()));
        self
    }

    /// Says how long to wait before a retry makes sense.
    pub const fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Turns into what is sent. `error` is told to the client if it is the
    /// client's affair, and logged, with its causes, if it is ours.
    pub fn into_status(self, error: &(dyn Error + 'static)) -> Status {
        let message = match self.code {
            Code::Internal | Code::Unknown | Code::DataLoss => {
                tracing::error!(error, reason = self.reason, "a request failed");
                "something went wrong on the server".to_owned()
            }
            Code::Unavailable => {
                tracing::warn!(error, reason = self.reason, "a request cannot be served now");
                error.to_string()
            }
            _ => error.to_string(),
        };
        self.into_status_saying(message)
    }

    /// Turns into what is sent, with a text that is not an error's.
    pub fn into_status_saying(self, message: impl Into<String>) -> Status {
        let mut details = ErrorDetails::new();
        let metadata = self.metadata.into_iter().map(|(key, value)| (key.to_owned(), value));
        details.set_error_info(self.reason, ERROR_DOMAIN, metadata.collect::<HashMap<_, _>>());
        if let Some((field, problem)) = self.violation {
            details.add_bad_request_violation(field, problem);
        }
        if self.retry_after.is_some() {
            details.set_retry_info(self.retry_after);
        }
        Status::with_error_details(self.code, message, details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk /var/lib/confab is on fire")]
    struct Fire;

    #[test]
    fn our_own_faults_are_not_described_to_clients() {
        let status = Failure::internal("FIRE").into_status(&Fire);
        assert_eq!(status.code(), Code::Internal);
        assert!(!status.message().contains("/var"), "{status:?}");
    }

    #[test]
    fn details_reach_the_client() {
        let failure = Failure::invalid("INVALID_FIELD").field("text", "is blank").with("seq", &7);
        let status = failure.retry_after(Duration::from_secs(2)).into_status(&Fire);

        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INVALID_FIELD", ERROR_DOMAIN));
        assert_eq!(info.metadata["seq"], "7");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "text");
        assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(2)));
    }
}
