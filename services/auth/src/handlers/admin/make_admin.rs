//! `AdminService.MakeAdmin`.

use confab_core::UserId;

use super::{Authority, changed, require_admin};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, Role};
use crate::error::Error;
use crate::service::AuthService;

/// Has `user` be an admin.
pub async fn make_admin(service: &AuthService, authority: Authority, user: UserId) -> Result<(), Error> {
    let actor = require_admin(service, authority).await?;
    let outcome = service.stores.accounts.set_role(user, Role::Admin).await?;
    if changed(outcome, user)? {
        audit(service, AuditEvent::new(AuditKind::AdminMade, actor).to(Some(user))).await;
    }
    Ok(())
}
