//! Errors for those who do not speak gRPC: `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;

/// How errors are written.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What went wrong, in the words of HTTP.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// No more than `title` and `status` say: programs go by `reason`.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// What gRPC calls it, and what programs can tell it by, if it was a call.
    #[serde(flatten)]
    call: Option<CallProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// What else is known if a call has failed.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallProblem {
    /// The code of gRPC, such as `INVALID_ARGUMENT`.
    pub code: &'static str,
    /// Why, for programs (`google.rpc.ErrorInfo`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whose reasons these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What the detail names, for programs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The fields that were at fault (`google.rpc.BadRequest`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// A field that was at fault.
#[derive(Debug, Serialize)]
pub struct FieldProblem {
    /// Its path, as the contract names it.
    pub field: String,
    /// What was wrong with it.
    pub detail: String,
}

impl Problem {
    /// A problem whose title is that of `status`.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let (status, detail) = (status.as_u16(), detail.into());
        Self { kind: "about:blank", title, status, detail, call: None, request_id: None }
    }

    /// This problem, with what is known of the call that failed.
    pub fn of_call(self, call: CallProblem) -> Self {
        Self { call: Some(call), ..self }
    }

    /// This problem, with the id under which the log has it.
    pub fn of_request(self, id: Option<&HeaderValue>) -> Self {
        let request_id = id.and_then(|id| id.to_str().ok()).map(str::to_owned);
        Self { request_id, ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(CONTENT_TYPE, PROBLEM_JSON)], axum::Json(self)).into_response()
    }
}

/// What is answered when we made a mistake. What it was is in the log.
pub fn panicked() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on the server").into_response()
}
