//! `IdentityService.DeleteIdentity`.

use confab_rpc::Caller;

use super::{second_factor, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, IdentityId};
use crate::error::Error;
use crate::service::AuthService;

/// Lets `caller` no longer log in as who they are elsewhere, and ends their other
/// sessions: one of them may have begun with it.
pub async fn delete_identity(service: &AuthService, caller: Caller, id: IdentityId) -> Result<(), Error> {
    step_up::require(service, caller).await?;
    second_factor::changing(service, caller).await?;
    service.stores.identities.unlink(caller.user, id).await?;
    audit(service, AuditEvent::of(AuditKind::IdentityUnlinked, caller.user)).await;
    second_factor::changed(service, caller).await
}
