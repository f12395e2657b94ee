//! `UserService.SetContactPolicy`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::ContactPolicy;
use crate::error::Error;
use crate::service::AuthService;

/// Sets who may contact `caller`.
pub async fn set_contact_policy(
    service: &AuthService,
    caller: Caller,
    policy: ContactPolicy,
) -> Result<(), Error> {
    require_session(service, caller).await?;
    Ok(service.stores.users.set_contact_policy(caller.user, policy).await?)
}
