//! On whose behalf a request is made.

use confab_core::{SessionId, Timestamp, UserId};
use tonic::{Request, Status};

/// A person, known by an access token that this service has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who calls.
    pub user: UserId,
    /// The log-in in which the token was given out.
    pub session: SessionId,
    /// When the token stops being accepted, and whatever it opened with it.
    pub expires: Timestamp,
}

impl Caller {
    /// Returns who makes `request`.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED if the guard let the request pass without a token, as it
    /// does for public methods.
    pub fn of<T>(request: &Request<T>) -> Result<Self, Status> {
        let missing = || Status::unauthenticated("an access token is needed");
        request.extensions().get().copied().ok_or_else(missing)
    }
}
