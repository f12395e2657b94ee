//! `AuthService.LogIn`.

use confab_core::UserId;

use super::{end_session, guessing, post_if_possible, start_session};
use crate::audit::audit;
use crate::domain::{
    Account, Actor, AuditEvent, AuditKind, Device, DeviceSecret, GuessKey, Guesses, Letter, LetterKind,
    LogIn, Password, PasswordHash, Welcome,
};
use crate::error::Error;
use crate::service::AuthService;

/// Lets somebody in who knows the password of the account.
pub async fn log_in(service: &AuthService, log_in: LogIn) -> Result<Welcome, Error> {
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
    let guess = known.or(email.as_ref().map(GuessKey::of_email));
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
    let (to, about, event) = (account.email.clone(), in_words(&device), let_in(user, &device));
    let welcome = start_session(service, account, delivery, device, device_secret).await?;
    // Whoever has changed the password since has ended all sessions but this one.
    if !still_opens(service, user, password, &hash).await? {
        end_session(service, welcome.session).await?;
        return Err(Error::WrongCredentials);
    }
    audit(service, event).await;
    if known.is_none() {
        let letter = Letter::new(LetterKind::NewDevice, to, service.clock.now());
        post_if_possible(service, Letter { about, ..letter }).await;
    }
    Ok(welcome)
}

/// What is written down of somebody who was let in.
fn let_in(user: UserId, device: &Device) -> AuditEvent {
    let event = AuditEvent::of(AuditKind::LoggedIn, user).from(device.address.clone());
    event.about(device.name.as_str())
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

/// What tries are counted for if they come from a device on which the owner of
/// `account` has logged in before.
///
/// Not for ever: on a device that is closed to guesses, they count for the account.
async fn known_device(
    service: &AuthService,
    account: Option<&Account>,
    secret: Option<&DeviceSecret>,
) -> Result<Option<GuessKey>, Error> {
    let (Some(account), Some(secret)) = (account, secret) else { return Ok(None) };
    let (user, device) = (account.user.id, secret.hash());
    if !service.stores.devices.knows(user, device).await? {
        return Ok(None);
    }
    let key = GuessKey::of_device(user, device);
    let guesses = service.stores.guesses.find(key).await?;
    let is_open = guesses.is_none_or(|guesses| guesses.total < Guesses::TOTAL_MAX);
    Ok(is_open.then_some(key))
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
mod tests {
    use super::*;
    use crate::domain::{Delivery, Email};
    use crate::handlers::sign_up;
    use crate::service::testing::{ada, test_service};

    fn log_in_with(email: &str, password: &str) -> LogIn {
        let (email, password) = (Email::new(email).ok(), Password::claimed(password));
        LogIn { email, password, delivery: Delivery::Token, device: Device::default(), device_secret: None }
    }

    #[tokio::test]
    async fn the_owner_gets_in_and_others_do_not() {
        let (service, _folder) = test_service().await;
        let account = sign_up(&service, ada()).await.unwrap().account;

        let welcome =
            log_in(&service, log_in_with("ADA@example.com", "correct horse battery")).await.unwrap();
        assert_eq!(welcome.account, account);

        for (email, password) in [
            ("ada@example.com", "wrong horse battery"),
            ("bob@example.com", "correct horse battery"),
            ("no address", "correct horse battery"),
        ] {
            let refused = log_in(&service, log_in_with(email, password)).await;
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
            log_in(&service, log_in_with("ada@example.com", "correct horse battery")).await.unwrap();
            let (_, renewed) = users.find_by_email(&account.email).await.unwrap().unwrap();
            assert!(!renewed.is_outdated(service.hasher.cost()), "{}", renewed.as_str());
        }
    }
}
