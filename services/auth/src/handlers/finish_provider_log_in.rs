//! `IdentityService.FinishProviderLogIn`.

use confab_core::UserId;

use super::entry::{Visit, let_in};
use super::log_in::{entered, tell_of_new_device};
use super::{end_session, providers, sign_up};
use crate::audit::{audit, note};
use crate::domain::{
    Account, Actor, AuditEvent, AuditKind, DeviceSecret, Email, Entry, InviteCode, Name, ProviderId,
    ProviderLogIn,
};
use crate::error::Error;
use crate::oidc::Claims;
use crate::service::AuthService;

/// Lets somebody in whom a provider vouches for, or asks for a second factor; makes
/// an account for who has none, where people may sign up.
///
/// Who is known to nobody yet, but has the address of an account, is let in to that
/// only if both sides have proved the address: otherwise whoever signs up first, here
/// or there, with the address of somebody else could come in later as them.
pub async fn finish_provider_log_in(service: &AuthService, log_in: ProviderLogIn) -> Result<Entry, Error> {
    let ProviderLogIn { back, delivery, device, device_secret, invite } = log_in;
    let received = providers::receive(service, back, None).await;
    if let Err(Error::ProviderRefused) = received {
        let event = AuditEvent::new(AuditKind::LogInRefused, Actor::Anybody).from(device.address.clone());
        note(service, event.about("a provider"));
    }
    let (provider, claims) = received?;
    let identities = &service.stores.identities;
    let account = match identities.find_identity(&provider, &claims.subject).await? {
        Some(identity) => service.stores.users.find(identity.user).await?.ok_or(Error::ProviderRefused)?,
        None => newcomer(service, &provider, &claims, invite).await?,
    };
    let user = account.user.id;
    let shown = device_secret.as_ref().map(DeviceSecret::hash);
    let is_known = match shown {
        Some(device) => service.stores.devices.knows(user, device).await?,
        None => false,
    };
    let known = shown.filter(|_| is_known);
    let from = (account.email.clone(), device.clone());
    let visit = Visit { delivery, device, device_secret, known };
    let entry = let_in(service, account, None, visit).await?;
    let Entry::In(welcome) = &entry else {
        audit(service, entered(AuditKind::SecondFactorAsked, user, &from.1)).await;
        return Ok(entry);
    };
    // Whoever has unlinked it since, or added a factor, has ended all sessions but this one.
    let is_linked = identities.find_identity(&provider, &claims.subject).await?.is_some();
    if !is_linked || service.stores.factors.find(user).await?.are_needed() {
        end_session(service, welcome.session).await?;
        return Err(Error::ProviderRefused);
    }
    audit(service, entered(AuditKind::LoggedIn, user, &from.1)).await;
    if known.is_none() {
        tell_of_new_device(service, from.0, &from.1).await;
    }
    Ok(entry)
}

/// The account of somebody who comes from `provider` for the first time.
async fn newcomer(
    service: &AuthService,
    provider: &ProviderId,
    claims: &Claims,
    invite: Option<InviteCode>,
) -> Result<Account, Error> {
    let email = claims.verified_email.as_deref().and_then(|email| Email::new(email).ok());
    let email = email.ok_or(Error::ProviderEmailUnverified)?;
    let account = match service.stores.users.find_by_email(&email).await? {
        Some((account, _)) if account.email_verified.is_some() => account,
        Some(_) => return Err(Error::LinkNeeded),
        None => sign_up::without_password(service, email, name(claims)?, invite).await?,
    };
    let user: UserId = account.user.id;
    providers::link(service, user, provider.clone(), claims).await?;
    Ok(account)
}

/// What somebody is called who does not say: as in front of their address.
fn name(claims: &Claims) -> Result<Name, Error> {
    let local = claims.verified_email.as_deref().and_then(|email| email.split('@').next()).unwrap_or("?");
    let said = claims.name.as_deref().and_then(|name| Name::new(name).ok());
    let name = said.map_or_else(|| Name::new(local), Ok);
    name.map_err(|problem| Error::Invalid { field: "name", problem: problem.to_string() })
}
