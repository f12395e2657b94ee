//! `AdminService.EnableAccount`.

use confab_core::UserId;

use super::{Authority, changed, require_admin};
use crate::audit::audit;
use crate::domain::{AccountState, AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Lets `user` log in again.
pub async fn enable_account(service: &AuthService, authority: Authority, user: UserId) -> Result<(), Error> {
    let actor = require_admin(service, authority).await?;
    let outcome = service.stores.accounts.set_state(user, AccountState::Active).await?;
    if changed(outcome, user)? {
        audit(service, AuditEvent::new(AuditKind::AccountEnabled, actor).to(Some(user))).await;
    }
    Ok(())
}
