//! `FactorService.RemoveTotp`.

use confab_rpc::Caller;

use super::{second_factor, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Forgets the app of `caller`, and ends their other sessions.
pub async fn remove_totp(service: &AuthService, caller: Caller) -> Result<(), Error> {
    step_up::require(service, caller).await?;
    second_factor::changing(service, caller).await?;
    service.stores.factors.remove_totp(caller.user).await?;
    audit(service, AuditEvent::of(AuditKind::TotpRemoved, caller.user)).await;
    second_factor::tidy_recovery_codes(service, caller.user).await?;
    second_factor::changed(service, caller).await
}
