//! `AuthService.UpdateProfile`.

use confab_rpc::Caller;

use super::{get_me, require_session};
use crate::domain::{Account, ProfileChange};
use crate::error::Error;
use crate::service::AuthService;

/// Changes what others see of `caller`, and returns their account.
pub async fn update_profile(
    service: &AuthService,
    caller: Caller,
    change: ProfileChange,
) -> Result<Account, Error> {
    let Some(name) = change.name else {
        return get_me(service, caller).await;
    };
    require_session(service, caller).await?;
    let renamed = service
        .stores
        .users
        .rename(caller.user, &name, service.clock.now())
        .await?;
    renamed.ok_or(Error::SessionEnded)
}
