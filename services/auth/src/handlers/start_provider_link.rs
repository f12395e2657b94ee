//! `IdentityService.StartProviderLink`.

use confab_rpc::Caller;

use super::{Sent, start_provider_log_in::send, step_up};
use crate::domain::ProviderId;
use crate::error::Error;
use crate::service::AuthService;

/// Sends `caller` to `provider`, so that they can log in with it from then on.
pub async fn start_provider_link(
    service: &AuthService,
    caller: Caller,
    provider: ProviderId,
) -> Result<Sent, Error> {
    step_up::require(service, caller).await?;
    send(service, provider, Some(caller.user)).await
}
