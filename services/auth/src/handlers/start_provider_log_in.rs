//! `IdentityService.StartProviderLogIn`, and what it shares with linking.

use confab_core::{Timestamp, UserId};

use crate::domain::{AddressPrefix, Attempt, BindingCode, ProviderId, StateCode};
use crate::error::Error;
use crate::service::AuthService;

/// Somebody who is sent to a provider.
pub struct Sent {
    /// Where to.
    pub address: String,
    /// What their browser keeps until they come back.
    pub binding: BindingCode,
    /// When it is too late to come back.
    pub expires: Timestamp,
}

/// Sends somebody to `provider` to log in.
pub async fn start_provider_log_in(
    service: &AuthService,
    network: Option<AddressPrefix>,
    provider: ProviderId,
) -> Result<Sent, Error> {
    service.limits.count_log_in(network.as_ref())?;
    send(service, provider, None).await
}

/// Sends somebody to `provider`, to log in, or to link who they are there to `user`.
pub(super) async fn send(
    service: &AuthService,
    provider: ProviderId,
    user: Option<UserId>,
) -> Result<Sent, Error> {
    let found = service.providers.find(&provider).ok_or(Error::NoSuchProvider)?;
    let (state, binding, now) = (StateCode::generate()?, BindingCode::generate()?, service.clock.now());
    let address = service.providers.address(found, &state, &binding, now).await?;
    let (hashes, expires) = ((state.hash(), binding.hash()), now.plus(Attempt::LIFETIME));
    let attempt = Attempt { state: hashes.0, binding: hashes.1, provider, user, expires };
    service.stores.identities.begin_attempt(&attempt).await?;
    Ok(Sent { address: address.into(), binding, expires })
}
