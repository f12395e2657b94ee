//! `FactorService.BeginTotp`.

use confab_core::Timestamp;
use confab_rpc::Caller;

use super::step_up;
use crate::domain::{Email, Password, Totp, TotpSecret};
use crate::error::Error;
use crate::service::AuthService;

/// A secret for an app, and what is shown with it.
pub struct NewTotp {
    /// The secret.
    pub secret: TotpSecret,
    /// Who logs in with its codes.
    pub email: Email,
    /// Until when the first code is awaited.
    pub expires: Timestamp,
}

/// Makes a secret for an app of `caller`, who shows the `password` unless they
/// have proved otherwise that it is still them.
pub async fn begin_totp(
    service: &AuthService,
    caller: Caller,
    password: Option<Password>,
) -> Result<NewTotp, Error> {
    step_up::require_or_password(service, caller, password).await?;
    let account = service.stores.users.find(caller.user).await?.ok_or(Error::SessionEnded)?;
    let (secret, now) = (TotpSecret::generate()?, service.clock.now());
    if !service.stores.factors.begin_totp(caller.user, &secret, now).await? {
        return Err(Error::TotpEnabled);
    }
    Ok(NewTotp { secret, email: account.email, expires: now.plus(Totp::BEGUN_FOR) })
}
