//! `AuthService.ListSessions`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::Session;
use crate::error::Error;
use crate::service::AuthService;

/// Returns the sessions of `caller`, the latest first.
pub async fn list_sessions(service: &AuthService, caller: Caller) -> Result<Vec<Session>, Error> {
    require_session(service, caller).await?;
    Ok(service.stores.sessions.list(caller.user, service.clock.now()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::log_out;
    use crate::service::testing::{caller, join, test_service};

    #[tokio::test]
    async fn who_has_logged_out_sees_nothing() {
        let (service, _folder) = test_service().await;
        let (_, session) = join(&service).await;
        let listed = list_sessions(&service, caller(&session)).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(&session));
        log_out(&service, caller(&session)).await.unwrap();
        assert!(matches!(list_sessions(&service, caller(&session)).await, Err(Error::SessionEnded)));
    }
}
