//! `internal.SessionService.ExchangeSession`.

use super::sign;
use crate::domain::{AccessToken, SessionSecret};
use crate::error::Error;
use crate::service::AuthService;

/// Makes an access token for the session that `secret` belongs to.
pub async fn exchange_session(service: &AuthService, secret: SessionSecret) -> Result<AccessToken, Error> {
    let session = service
        .stores
        .sessions
        .find_by_secret(secret.hash(), service.clock.now())
        .await?;
    sign(service, &session.ok_or(Error::SessionEnded)?).await
}
