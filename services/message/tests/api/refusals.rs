//! What a refusal says to programs.

use tonic::Status;
use tonic_types::StatusExt;

/// Why, in capitals.
pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().unwrap().reason.clone()
}

/// The fields at fault.
pub fn violations(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}
