//! `AuthService.ExportAccount`.

use confab_rpc::Caller;
use futures_util::Stream;

use super::step_up;
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind};
use crate::error::Error;
use crate::service::AuthService;

/// Gives `caller` everything that is kept of them, as the pieces of a zip file.
pub async fn export_account(
    service: &AuthService,
    caller: Caller,
) -> Result<impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static, Error> {
    step_up::require(service, caller).await?;
    let exporter = service.exporter();
    let turn = exporter.begin(caller.user)?;
    audit(service, AuditEvent::of(AuditKind::AccountExported, caller.user)).await;
    Ok(exporter.export(turn))
}
