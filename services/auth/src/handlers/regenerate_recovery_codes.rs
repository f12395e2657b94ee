//! `FactorService.RegenerateRecoveryCodes`.

use confab_rpc::Caller;

use super::{second_factor, step_up};
use crate::domain::RecoveryCode;
use crate::error::Error;
use crate::service::AuthService;

/// Gives `caller` new codes to write down, in the place of the old ones, and ends
/// their other sessions.
pub async fn regenerate_recovery_codes(
    service: &AuthService,
    caller: Caller,
) -> Result<Vec<RecoveryCode>, Error> {
    step_up::require(service, caller).await?;
    if !service.stores.factors.find(caller.user).await?.are_needed() {
        return Err(Error::NoSecondFactor);
    }
    second_factor::changing(service, caller).await?;
    let codes = second_factor::new_recovery_codes(service, caller.user).await?;
    second_factor::changed(service, caller).await?;
    Ok(codes)
}
