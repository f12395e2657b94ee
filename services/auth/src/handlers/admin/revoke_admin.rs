//! `AdminService.RevokeAdmin`.

use confab_core::UserId;

use super::{Authority, changed, require_admin};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, Role};
use crate::error::Error;
use crate::service::AuthService;

/// Has `user` be no admin any more.
pub async fn revoke_admin(service: &AuthService, authority: Authority, user: UserId) -> Result<(), Error> {
    let actor = require_admin(service, authority).await?;
    let outcome = service.stores.accounts.set_role(user, Role::Member).await?;
    if changed(outcome, user)? {
        audit(service, AuditEvent::new(AuditKind::AdminRevoked, actor).to(Some(user))).await;
    }
    Ok(())
}
