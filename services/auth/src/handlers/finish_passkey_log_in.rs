//! `PasskeyService.FinishPasskeyLogIn`.

use super::log_in::{entered, tell_of_new_device};
use super::{end_session, passkeys, start_session};
use crate::audit::{audit, note};
use crate::domain::{Actor, AuditEvent, AuditKind, PasskeyLogIn, Purpose, Welcome};
use crate::error::Error;
use crate::service::AuthService;

/// Lets somebody in whose passkey has made sure that it is they who hold it: that
/// is two factors, and nothing else is asked for.
pub async fn finish_passkey_log_in(service: &AuthService, log_in: PasskeyLogIn) -> Result<Welcome, Error> {
    let PasskeyLogIn { answer, delivery, device, device_secret } = log_in;
    let verified = passkeys::verify(service, &answer, Purpose::LogIn, None).await;
    if let Err(Error::WrongPasskey) = verified {
        let event = AuditEvent::new(AuditKind::LogInRefused, Actor::Anybody).from(device.address.clone());
        note(service, event.about("a passkey"));
    }
    let passkey = verified?;
    let account = service.stores.users.find(passkey.user).await?.ok_or(Error::WrongPasskey)?;
    let known = match &device_secret {
        Some(secret) => service.stores.devices.knows(passkey.user, secret.hash()).await?,
        None => false,
    };
    let from = (account.email.clone(), device.clone());
    let welcome = start_session(service, account, delivery, device, device_secret).await?;
    // Whoever has removed it since has ended all sessions but this one.
    if service.stores.passkeys.find_by_credential(&passkey.credential).await?.is_none() {
        end_session(service, welcome.session).await?;
        return Err(Error::WrongPasskey);
    }
    audit(service, entered(AuditKind::LoggedIn, passkey.user, &from.1)).await;
    if !known {
        tell_of_new_device(service, from.0, &from.1).await;
    }
    Ok(welcome)
}
