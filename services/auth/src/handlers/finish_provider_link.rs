//! `IdentityService.FinishProviderLink`.

use confab_rpc::Caller;

use super::{providers, require_session};
use crate::domain::{Identity, Return};
use crate::error::Error;
use crate::service::AuthService;

/// Links who `caller` is at the provider they come back from.
pub async fn finish_provider_link(
    service: &AuthService,
    caller: Caller,
    back: Return,
) -> Result<Identity, Error> {
    require_session(service, caller).await?;
    let (provider, claims) = providers::receive(service, back, Some(caller.user)).await?;
    match service.stores.identities.find_identity(&provider, &claims.subject).await? {
        Some(identity) if identity.user == caller.user => Ok(identity),
        Some(_) => Err(Error::IdentityTaken),
        None => providers::link(service, caller.user, provider, &claims).await,
    }
}
