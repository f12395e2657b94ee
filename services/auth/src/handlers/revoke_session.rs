//! `AuthService.RevokeSession`.

use confab_core::SessionId;
use confab_rpc::Caller;

use super::{end_session, require_session};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Ends the session `id`, if it is one of `caller`'s. Whether others have such a
/// session is not told.
pub async fn revoke_session(service: &AuthService, caller: Caller, id: SessionId) -> Result<(), Error> {
    require_session(service, caller).await?;
    match service.stores.sessions.find(id, service.clock.now()).await? {
        Some(session) if session.user == caller.user => {
            end_session(service, id).await?;
            let event = AuditEvent::of(AuditKind::SessionRevoked, caller.user);
            audit(service, event.about(session.device.name.as_str())).await;
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{another_session, bob_logged_in, caller, join, test_service};

    #[tokio::test]
    async fn one_ends_sessions_of_ones_own_only() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        let there = another_session(&service, &account).await;
        let bobs = bob_logged_in(&service).await;
        for _ in 0..2 {
            revoke_session(&service, caller(&here), there.id).await.unwrap();
            revoke_session(&service, caller(&here), bobs.id).await.unwrap();
        }
        let sessions = &service.stores.sessions;
        assert_eq!(sessions.list(account.user.id, service.clock.now()).await.unwrap(), [here]);
        assert_eq!(sessions.find(bobs.id, service.clock.now()).await.unwrap(), Some(bobs));
    }

    #[tokio::test]
    async fn who_has_been_logged_out_ends_no_other_session() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        let there = another_session(&service, &account).await;
        revoke_session(&service, caller(&here), here.id).await.unwrap();
        let refused = revoke_session(&service, caller(&here), there.id).await;
        assert!(matches!(refused, Err(Error::SessionEnded)));
        assert!(service.stores.sessions.find(there.id, service.clock.now()).await.unwrap().is_some());
    }
}
