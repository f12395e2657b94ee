//! `AuthService.RevokeOtherSessions`.

use confab_rpc::Caller;

use super::{end_other_sessions, require_session};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Ends all sessions of `caller` but the one they call in.
pub async fn revoke_other_sessions(service: &AuthService, caller: Caller) -> Result<(), Error> {
    require_session(service, caller).await?;
    end_other_sessions(service, caller).await?;
    audit(service, AuditEvent::of(AuditKind::OtherSessionsRevoked, caller.user)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{another_session, bob_logged_in, caller, join, test_service};

    #[tokio::test]
    async fn what_is_left_is_the_session_of_the_call_and_those_of_others() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        for _ in 0..3 {
            another_session(&service, &account).await;
        }
        let bobs = bob_logged_in(&service).await;
        revoke_other_sessions(&service, caller(&here)).await.unwrap();
        let sessions = &service.stores.sessions;
        assert_eq!(sessions.list(account.user.id, service.clock.now()).await.unwrap(), [here]);
        assert!(sessions.find(bobs.id, service.clock.now()).await.unwrap().is_some());
    }
}
