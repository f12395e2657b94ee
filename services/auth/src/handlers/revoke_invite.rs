//! `InviteService.RevokeInvite`.

use confab_rpc::Caller;

use super::require_session;
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, InviteId};
use crate::error::Error;
use crate::service::AuthService;

/// Takes the invitation `id` back, if it is one of `caller`'s. Whether others
/// have such an invitation is not told.
pub async fn revoke_invite(service: &AuthService, caller: Caller, id: InviteId) -> Result<(), Error> {
    require_session(service, caller).await?;
    service.stores.invites.delete(caller.user, id).await?;
    let event = AuditEvent::of(AuditKind::InviteRevoked, caller.user).about(&id.to_string());
    audit(service, event).await;
    Ok(())
}
