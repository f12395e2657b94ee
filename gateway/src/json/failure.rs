//! A status of gRPC in the words of HTTP.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::problem::{CallProblem, FieldProblem, Problem};

/// The one reason that HTTP has a number for and gRPC has not.
const REQUEST_TOO_LARGE: &str = "REQUEST_TOO_LARGE";

/// What gRPC calls a code, and what HTTP does (`google/rpc/code.proto`).
const fn meaning(code: Code) -> (&'static str, u16) {
    match code {
        Code::Ok => ("OK", 200),
        Code::Cancelled => ("CANCELLED", 499),
        Code::Unknown => ("UNKNOWN", 500),
        Code::InvalidArgument => ("INVALID_ARGUMENT", 400),
        Code::DeadlineExceeded => ("DEADLINE_EXCEEDED", 504),
        Code::NotFound => ("NOT_FOUND", 404),
        Code::AlreadyExists => ("ALREADY_EXISTS", 409),
        Code::PermissionDenied => ("PERMISSION_DENIED", 403),
        Code::ResourceExhausted => ("RESOURCE_EXHAUSTED", 429),
        Code::FailedPrecondition => ("FAILED_PRECONDITION", 400),
        Code::Aborted => ("ABORTED", 409),
        Code::OutOfRange => ("OUT_OF_RANGE", 400),
        Code::Unimplemented => ("UNIMPLEMENTED", 501),
        Code::Internal => ("INTERNAL", 500),
        Code::Unavailable => ("UNAVAILABLE", 503),
        Code::DataLoss => ("DATA_LOSS", 500),
        Code::Unauthenticated => ("UNAUTHENTICATED", 401),
    }
}

/// A failed call, as it is told.
pub struct Told {
    /// What is said.
    pub problem: Problem,
    /// What to wait before the next try.
    pub retry_after: Option<Duration>,
    needs_token: bool,
}

impl Told {
    /// Tells of `status`, which is not OK.
    pub fn of(status: &Status, id: Option<&HeaderValue>) -> Self {
        let details = status.get_error_details();
        let (code, _) = meaning(status.code());
        let mut call = CallProblem { code, ..CallProblem::default() };
        if let Some(info) = details.error_info() {
            call.reason = Some(info.reason.clone());
            call.domain = Some(info.domain.clone());
            call.metadata.extend(info.metadata.clone());
        }
        let violations = details.bad_request().map(|bad| bad.field_violations.iter());
        let problem_of = |violation: &tonic_types::FieldViolation| FieldProblem {
            field: violation.field.clone(),
            detail: violation.description.clone(),
        };
        call.errors.extend(violations.into_iter().flatten().map(problem_of));

        Self {
            problem: Problem::new(http_status(status), status.message()).of_call(call).of_request(id),
            retry_after: details.retry_info().and_then(|retry| retry.retry_delay),
            needs_token: status.code() == Code::Unauthenticated,
        }
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(delay) = self.retry_after {
            headers.insert(header::RETRY_AFTER, in_seconds(delay).into());
        }
        if self.needs_token {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        (headers, self.problem).into_response()
    }
}

/// What HTTP calls `status`.
pub fn http_status(status: &Status) -> StatusCode {
    let details = status.get_error_details();
    if details.error_info().is_some_and(|info| info.reason == REQUEST_TOO_LARGE) {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    let (_, number) = meaning(status.code());
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// HTTP counts in seconds. Rounded up: who comes too early is refused again.
pub fn in_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use confab_rpc::Failure;

    use super::*;

    fn told(failure: Failure) -> Response {
        Told::of(&failure.into_status_saying("no"), None).into_response()
    }

    #[test]
    fn the_time_to_wait_is_rounded_up() {
        let after = |millis| {
            let failure = Failure::exhausted("BUSY").retry_after(Duration::from_millis(millis));
            told(failure).headers()[header::RETRY_AFTER].to_str().unwrap().to_owned()
        };
        assert_eq!((after(1), after(1_000), after(1_001)), ("1".into(), "1".into(), "2".into()));
    }

    #[test]
    fn a_code_has_the_number_that_google_gives_it() {
        for (failure, number) in [
            (Failure::invalid("X"), 400),
            (Failure::unauthenticated("X"), 401),
            (Failure::denied("X"), 403),
            (Failure::not_found("X"), 404),
            (Failure::already_exists("X"), 409),
            (Failure::precondition("X"), 400),
            (Failure::exhausted("X"), 429),
            (Failure::exhausted(REQUEST_TOO_LARGE), 413),
            (Failure::unavailable("X"), 503),
            (Failure::internal("X"), 500),
            (Failure::new(Code::Cancelled, "X"), 499),
        ] {
            assert_eq!(told(failure.clone()).status().as_u16(), number, "{failure:?}");
        }
        assert!(told(Failure::unauthenticated("X")).headers().contains_key(header::WWW_AUTHENTICATE));
    }
}
