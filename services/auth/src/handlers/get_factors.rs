//! `FactorService.GetFactors`.

use confab_core::Timestamp;
use confab_rpc::Caller;

use super::{session_of, step_up};
use crate::domain::{Factors, Method};
use crate::error::Error;
use crate::service::AuthService;

/// What somebody has beside the password, and what they are asked for.
pub struct FactorList {
    /// What they have.
    pub factors: Factors,
    /// What they can prove with that it is still them.
    pub methods: Vec<Method>,
    /// Until when that holds, if it does.
    pub confirmed_until: Option<Timestamp>,
}

/// Says what `caller` has beside the password.
pub async fn get_factors(service: &AuthService, caller: Caller) -> Result<FactorList, Error> {
    let session = session_of(service, caller).await?;
    let factors = service.stores.factors.find(caller.user).await?;
    let (methods, confirmed_until) =
        (step_up::methods(factors), session.confirmed_until(service.clock.now()));
    Ok(FactorList { factors, methods, confirmed_until })
}
