//! Asks passkeys to sign, and checks what they have signed.

use confab_core::UserId;

use crate::domain::{Assertion, Ceremony, Passkey, Purpose};
use crate::error::Error;
use crate::service::AuthService;
use crate::webauthn::{Asking, Refused, Verification};

/// Keeps that `asking` was handed out for `purpose`, and returns what is for the browser.
pub async fn keep(
    service: &AuthService,
    asking: Asking,
    purpose: Purpose,
    user: Option<UserId>,
) -> Result<String, Error> {
    let expires = service.clock.now().plus(Ceremony::LIFETIME);
    let ceremony = Ceremony { hash: asking.hash, purpose, user, expires };
    service.stores.ceremonies.insert(&ceremony).await?;
    Ok(asking.json)
}

/// Asks one of the passkeys of `user` to sign for `purpose`; nothing if there are none.
pub async fn ask(service: &AuthService, user: UserId, purpose: Purpose) -> Result<Option<String>, Error> {
    let passkeys = service.stores.passkeys.list(user).await?;
    if passkeys.is_empty() {
        return Ok(None);
    }
    let asking = service.webauthn.ask(&passkeys, Verification::Preferred).map_err(Error::Webauthn)?;
    keep(service, asking, purpose, Some(user)).await.map(Some)
}

/// Makes sure that `answer` was asked for `purpose`, of `user` if that is known, and
/// returns the passkey that has given it. It can be given once.
///
/// # Errors
///
/// [`Error::WrongPasskey`], whatever is wrong with it.
pub async fn verify(
    service: &AuthService,
    answer: &Assertion,
    purpose: Purpose,
    user: Option<UserId>,
) -> Result<Passkey, Error> {
    let now = service.clock.now();
    let asked = service.stores.ceremonies.take(answer.asked_for()?, purpose, now).await?;
    asked.filter(|asked| asked.user == user).ok_or(Error::WrongPasskey)?;
    let passkey = service.stores.passkeys.find_by_credential(&answer.credential()?).await?;
    let is_theirs =
        |passkey: &Passkey| user.is_none_or(|user| passkey.user == user) && answer.is_of(passkey.user);
    let passkey = passkey.filter(is_theirs).ok_or(Error::WrongPasskey)?;
    // Whoever shows nothing else has to show that it is they who hold it.
    let verification = if user.is_some() { Verification::Preferred } else { Verification::Required };
    let signed = service.webauthn.check(answer, &passkey, verification)?;
    let (counter, backed_up) = (signed.counter, signed.backed_up);
    // One that counts, and has counted as far already, was copied.
    if !service.stores.passkeys.note_use(passkey.id, counter, backed_up, now).await? {
        return Err(Error::WrongPasskey);
    }
    Ok(passkey)
}

impl From<Refused> for Error {
    /// What is wrong with an answer is for us to know.
    fn from(refused: Refused) -> Self {
        tracing::debug!(error = &refused as &dyn std::error::Error, "a passkey was refused");
        Self::WrongPasskey
    }
}
