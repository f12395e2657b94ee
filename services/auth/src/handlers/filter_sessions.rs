//! `internal.SessionService.FilterSessions`.

use confab_core::SessionId;

use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `sessions` that have not ended.
pub async fn filter_sessions(
    service: &AuthService,
    sessions: Vec<SessionId>,
) -> Result<Vec<SessionId>, Error> {
    Ok(service.stores.sessions.filter_live(&sessions, service.clock.now()).await?)
}
