//! `IdentityService.ListIdentities`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::Identity;
use crate::error::Error;
use crate::service::AuthService;

/// Who `caller` is elsewhere, the first one first.
pub async fn list_identities(service: &AuthService, caller: Caller) -> Result<Vec<Identity>, Error> {
    require_session(service, caller).await?;
    Ok(service.stores.identities.list_identities(caller.user).await?)
}
