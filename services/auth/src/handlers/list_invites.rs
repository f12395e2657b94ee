//! `InviteService.ListInvites`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::Invite;
use crate::error::Error;
use crate::service::AuthService;

/// Returns the invitations of `caller` that can still be used, the latest first.
pub async fn list_invites(service: &AuthService, caller: Caller) -> Result<Vec<Invite>, Error> {
    require_session(service, caller).await?;
    Ok(service.stores.invites.list(caller.user, service.clock.now()).await?)
}
