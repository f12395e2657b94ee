//! `AuthService.LogOut`.

use confab_rpc::Caller;

use super::end_session;
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Ends the session of `caller`. That it has ended already is what they wanted.
pub async fn log_out(service: &AuthService, caller: Caller) -> Result<(), Error> {
    end_session(service, caller.session).await?;
    audit(service, AuditEvent::of(AuditKind::LoggedOut, caller.user)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{caller, join, test_service};

    #[tokio::test]
    async fn a_session_ends_once_and_for_all() {
        let (service, _folder) = test_service().await;
        let (_, session) = join(&service).await;
        for _ in 0..2 {
            log_out(&service, caller(&session)).await.unwrap();
        }
        let found = service.stores.sessions.find(session.id, service.clock.now()).await;
        assert_eq!(found.unwrap(), None);
    }
}
