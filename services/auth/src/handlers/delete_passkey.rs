//! `PasskeyService.DeletePasskey`.

use confab_rpc::Caller;

use super::{second_factor, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, PasskeyId};
use crate::error::Error;
use crate::service::AuthService;

/// Removes the passkey `id` of `caller`, and ends their other sessions: one of them
/// may have begun with it.
pub async fn delete_passkey(service: &AuthService, caller: Caller, id: PasskeyId) -> Result<(), Error> {
    step_up::require(service, caller).await?;
    second_factor::changing(service, caller).await?;
    service.stores.passkeys.delete(caller.user, id).await?;
    audit(service, AuditEvent::of(AuditKind::PasskeyRemoved, caller.user)).await;
    second_factor::tidy_recovery_codes(service, caller.user).await?;
    second_factor::changed(service, caller).await
}
