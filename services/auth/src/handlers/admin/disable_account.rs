//! `AdminService.DisableAccount`.

use confab_core::UserId;

use super::{Authority, changed, require_admin};
use crate::audit::audit;
use crate::domain::{AccountState, AuditEvent, AuditKind};
use crate::error::Error;
use crate::handlers::end_sessions;
use crate::service::AuthService;

/// Keeps `user` out until they are enabled again.
pub async fn disable_account(service: &AuthService, authority: Authority, user: UserId) -> Result<(), Error> {
    let actor = require_admin(service, authority).await?;
    let outcome = service.stores.accounts.set_state(user, AccountState::Disabled).await?;
    let is_new = changed(outcome, user)?;
    // Also if it was so before: whoever did it may have been cut off here.
    end_sessions(service, user).await?;
    if is_new {
        audit(service, AuditEvent::new(AuditKind::AccountDisabled, actor).to(Some(user))).await;
    }
    Ok(())
}
