//! `AuthService.FinishLogIn`.

use super::log_in::{entered, tell_of_new_device};
use super::{end_session, second_factor, start_session};
use crate::audit::audit;
use crate::domain::{Actor, AuditEvent, AuditKind, Challenge, FinishLogIn, Purpose, Welcome};
use crate::error::Error;
use crate::service::AuthService;

/// Lets somebody in who has shown the first factor, and now shows a second one.
pub async fn finish_log_in(service: &AuthService, second: FinishLogIn) -> Result<Welcome, Error> {
    let FinishLogIn { challenge, proof, delivery, device, device_secret } = second;
    let (hash, now) = (challenge.ok_or(Error::NoSuchChallenge)?.hash(), service.clock.now());
    let counted = service.stores.challenges.count_try(hash, now).await?;
    let challenge = counted.ok_or(Error::NoSuchChallenge)?;
    let (guess, purpose) = (challenge.guess_key(), Purpose::SecondFactor);
    let shown = second_factor::verify(service, challenge.user, guess, purpose, proof).await;
    if let Err(Error::WrongCode | Error::WrongPasskey) = shown {
        let event = AuditEvent::new(AuditKind::SecondFactorWrong, Actor::Anybody).to(Some(challenge.user));
        audit(service, event.from(device.address.clone())).await;
    }
    shown?;
    if !service.stores.challenges.take(hash).await? {
        return Err(Error::NoSuchChallenge);
    }
    let account = service.stores.users.find(challenge.user).await?.ok_or(Error::NoSuchChallenge)?;

    let from = (account.email.clone(), device.clone());
    let welcome = start_session(service, account, delivery, device, device_secret).await?;
    // Whoever has changed the password since has ended all sessions but this one.
    if !still_stands(service, &challenge).await? {
        end_session(service, welcome.session).await?;
        return Err(Error::NoSuchChallenge);
    }
    audit(service, entered(AuditKind::LoggedIn, challenge.user, &from.1)).await;
    if challenge.device.is_none() {
        tell_of_new_device(service, from.0, &from.1).await;
    }
    Ok(welcome)
}

/// Whether the first factor is still what it was when it was shown.
async fn still_stands(service: &AuthService, challenge: &Challenge) -> Result<bool, Error> {
    let Some(shown) = challenge.password else { return Ok(true) };
    let found = service.stores.users.find_to_log_in(challenge.user).await?;
    Ok(found.is_some_and(|(_, hash)| Challenge::mark(&hash) == shown))
}
