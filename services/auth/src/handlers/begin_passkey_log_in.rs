//! `PasskeyService.BeginPasskeyLogIn`.

use super::passkeys;
use crate::domain::{AddressPrefix, Purpose};
use crate::error::Error;
use crate::service::AuthService;
use crate::webauthn::Verification;

/// Asks whichever passkey there is to let its owner in. Returns what is for the browser.
pub async fn begin_passkey_log_in(
    service: &AuthService,
    network: Option<AddressPrefix>,
) -> Result<String, Error> {
    service.limits.count_log_in(network.as_ref())?;
    let asking = service.webauthn.ask(&[], Verification::Required).map_err(Error::Webauthn)?;
    passkeys::keep(service, asking, Purpose::LogIn, None).await
}
