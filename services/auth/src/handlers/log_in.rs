//! `AuthService.LogIn`.

use confab_core::UserId;

use super::entry::{Visit, let_in};
use super::{end_session, guessing, post_if_possible};
use crate::audit::audit;
use crate::domain::{
    Account, Actor, AuditEvent, AuditKind, Device, DeviceSecret, Email, Entry, GuessKey, Guesses, Letter,
    LetterKind, LogIn, Password, PasswordHash, SecretHash,
};
use crate::error::Error;
use crate::service::AuthService;

/// Lets somebody in who knows the password of the account, or asks for a second factor.
pub async fn log_in(service: &AuthService, log_in: LogIn) -> Result<Entry, Error> {
    let LogIn { email, password, delivery, device, device_secret } = log_in;
    let network = device.address.as_ref();
    if device_secret.is_none() {
        service.limits.count_log_in(network)?;
    }
    let found = match &email {
        Some(email) => service.stores.users.find_by_email(email).await?,
        None => None,
    };
    let (account, hash) = found.unzip();
    let owner = account.as_ref().map(|account| account.user.id);
    let known = known_device(service, account.as_ref(), device_secret.as_ref()).await?;
    if device_secret.is_some() && known.is_none() {
        service.limits.count_log_in(network)?;
    }

    // Also if there is no account, so that the time does not give that away.
    let on_device = account.as_ref().zip(known);
    let guess = on_device.map(|(account, device)| GuessKey::of_device(account.user.id, device));
    let guess = guess.or(email.as_ref().map(GuessKey::of_email));
    let is_right = match guess {
        Some(key) => guessing::verify(service, key, password.clone(), hash.clone()).await?,
        // What is no address belongs to nobody, and cannot be guessed.
        None => service.hasher.verify(password.clone(), None).await?,
    };
    let (true, Some(account), Some(hash)) = (is_right, account, hash) else {
        return Err(refused(service, owner, device).await);
    };
    let user = account.user.id;
    let hash = if hash.is_outdated(service.hasher.cost()) {
        renew_hash(service, user, password.clone(), hash).await
    } else {
        hash
    };
    if let (Some(_), Some(email)) = (known, &email) {
        // What others tried is forgiven too, so that the owner can go on to a new device.
        service.stores.guesses.clear(GuessKey::of_email(email)).await?;
    }
    let from = (account.email.clone(), device.clone());
    let visit = Visit { delivery, device, device_secret, known };
    let welcome = match let_in(service, account, Some(&hash), visit).await? {
        Entry::In(welcome) => welcome,
        asked @ Entry::SecondFactor(_) => {
            audit(service, entered(AuditKind::SecondFactorAsked, user, &from.1)).await;
            return Ok(asked);
        }
    };
    // Whoever has changed the password since, or added a factor, has ended all
    // sessions but this one.
    let more_is_needed = service.stores.factors.find(user).await?.are_needed();
    if more_is_needed || !still_opens(service, user, password, &hash).await? {
        end_session(service, welcome.session).await?;
        return Err(Error::WrongCredentials);
    }
    audit(service, entered(AuditKind::LoggedIn, user, &from.1)).await;
    if known.is_none() {
        tell_of_new_device(service, from.0, &from.1).await;
    }
    Ok(Entry::In(welcome))
}

/// Tells whoever reads the letters to `email` of a log-in on `device`.
pub async fn tell_of_new_device(service: &AuthService, email: Email, device: &Device) {
    let letter = Letter::new(LetterKind::NewDevice, email, service.clock.now());
    post_if_possible(service, Letter { about: in_words(device), ..letter }).await;
}

/// What is written down of somebody who has come so far on `device`.
pub fn entered(kind: AuditKind, user: UserId, device: &Device) -> AuditEvent {
    AuditEvent::of(kind, user).from(device.address.clone()).about(device.name.as_str())
}

/// Writes down that somebody was not let in to the account of `owner`, if there
/// is one, and returns what they are told.
async fn refused(service: &AuthService, owner: Option<UserId>, device: Device) -> Error {
    let event = AuditEvent::new(AuditKind::LogInRefused, Actor::Anybody).to(owner);
    audit(service, event.from(device.address)).await;
    Error::WrongCredentials
}

/// What the owner is told of a device that was not known.
fn in_words(device: &Device) -> String {
    let name = match device.name.as_str() {
        "" => "unnamed",
        name => name,
    };
    device.address.as_ref().map_or(name.to_owned(), |network| format!("{name}, at {}", network.as_str()))
}

/// The device that shows `secret`, if the owner of `account` has logged in on it
/// before: tries are counted for it alone then.
///
/// Not for ever: on a device that is closed to guesses, they count for the account.
async fn known_device(
    service: &AuthService,
    account: Option<&Account>,
    secret: Option<&DeviceSecret>,
) -> Result<Option<SecretHash>, Error> {
    let (Some(account), Some(secret)) = (account, secret) else { return Ok(None) };
    let (user, device) = (account.user.id, secret.hash());
    if !service.stores.devices.knows(user, device).await? {
        return Ok(None);
    }
    let key = GuessKey::of_device(user, device);
    let guesses = service.stores.guesses.find(key).await?;
    let is_open = guesses.is_none_or(|guesses| guesses.total < Guesses::TOTAL_MAX);
    Ok(is_open.then_some(device))
}

/// Hashes the password as new ones are, and returns what is then kept of it.
/// This is the only moment we have it.
async fn renew_hash(
    service: &AuthService,
    user: UserId,
    password: Password,
    old: PasswordHash,
) -> PasswordHash {
    let renewed = async {
        let new = service.hasher.hash_again(password).await?;
        let replaced = service.stores.users.replace_password(user, &old, &new).await?;
        Ok::<_, Error>(replaced.then_some(new))
    };
    match renewed.await {
        Ok(Some(new)) => new,
        Ok(None) => old,
        // The password was right: whoever knows it gets in, and the next log-in tries again.
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a password could not be hashed anew");
            old
        }
    }
}

/// Tells whether `password`, which `hash` was made from, is still that of `user`.
async fn still_opens(
    service: &AuthService,
    user: UserId,
    password: Password,
    hash: &PasswordHash,
) -> Result<bool, Error> {
    match service.stores.users.find_to_log_in(user).await? {
        Some((_, kept)) if kept == *hash => Ok(true),
        // Another log-in may have hashed the same password anew.
        Some((_, kept)) => service.hasher.verify(password, Some(kept)).await,
        None => Ok(false),
    }
}

#[cfg(test)]
mod hashes;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::sign_up;
    use crate::service::testing::{ada, claim, test_service};

    #[tokio::test]
    async fn the_owner_gets_in_and_others_do_not() {
        let (service, _folder) = test_service().await;
        let account = sign_up(&service, ada()).await.unwrap().account;

        let entry = log_in(&service, claim("ADA@example.com", "correct horse battery")).await;
        assert!(matches!(entry.unwrap(), Entry::In(welcome) if welcome.account == account));

        for (email, password) in [
            ("ada@example.com", "wrong horse battery"),
            ("bob@example.com", "correct horse battery"),
            ("no address", "correct horse battery"),
        ] {
            let refused = log_in(&service, claim(email, password)).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{email}");
        }
    }

    #[tokio::test]
    async fn an_imported_password_is_hashed_anew_at_the_first_log_in() {
        let (service, _folder) = test_service().await;
        let account = sign_up(&service, ada()).await.unwrap().account;
        let users = &service.stores.users;
        let (_, ours) = users.find_by_email(&account.email).await.unwrap().unwrap();
        let imported = bcrypt::hash("correct horse battery", 4).unwrap().replace("$2b$", "$2a$");
        users.replace_password(account.user.id, &ours, &PasswordHash::stored(imported)).await.unwrap();

        for _ in 0..2 {
            log_in(&service, claim("ada@example.com", "correct horse battery")).await.unwrap();
            let (_, renewed) = users.find_by_email(&account.email).await.unwrap().unwrap();
            assert!(!renewed.is_outdated(service.hasher.cost()), "{}", renewed.as_str());
        }
    }
}
