//! Lets those do what could do harm who have just proved that it is still them.

use confab_rpc::Caller;

use super::{guessing, session_of};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, Factors, GuessKey, Method, Password};
use crate::error::Error;
use crate::service::AuthService;

/// Makes sure that `caller` has proved in this session who they are, and not long ago.
///
/// # Errors
///
/// [`Error::StepUpNeeded`] if they have not, [`Error::SessionEnded`] if the
/// session is over.
pub async fn require(service: &AuthService, caller: Caller) -> Result<(), Error> {
    let session = session_of(service, caller).await?;
    if session.confirmed_until(service.clock.now()).is_some() {
        return Ok(());
    }
    let factors = service.stores.factors.find(caller.user).await?;
    Err(Error::StepUpNeeded { methods: methods(factors) })
}

/// The same for those who have a second factor. From the others, the password that
/// comes with the request is enough.
pub async fn require_of_factors(service: &AuthService, caller: Caller) -> Result<(), Error> {
    if service.stores.factors.find(caller.user).await?.are_needed() {
        require(service, caller).await
    } else {
        Ok(())
    }
}

/// The same for all, but whoever has no second factor may show the `password` instead.
///
/// # Errors
///
/// Those of [`require`], and [`Error::WrongPassword`].
pub async fn require_or_password(
    service: &AuthService,
    caller: Caller,
    password: Option<Password>,
) -> Result<(), Error> {
    let factors = service.stores.factors.find(caller.user).await?;
    match password.filter(|_| !factors.are_needed()) {
        Some(password) => {
            session_of(service, caller).await?;
            check_password(service, caller, password).await
        }
        None => require(service, caller).await,
    }
}

/// Makes sure that `password` is that of `caller`. Tries are counted.
pub async fn check_password(service: &AuthService, caller: Caller, password: Password) -> Result<(), Error> {
    let found = service.stores.users.find_to_log_in(caller.user).await?;
    let (_, hash) = found.ok_or(Error::SessionEnded)?;
    let guess = GuessKey::of_owner(caller.user);
    if guessing::verify(service, guess, password, Some(hash)).await? {
        return Ok(());
    }
    audit(service, AuditEvent::of(AuditKind::PasswordWrong, caller.user)).await;
    Err(Error::WrongPassword)
}

/// The ways in which whoever has `factors` can prove who they are: with a second
/// factor, the first one is no proof any more.
pub fn methods(factors: Factors) -> Vec<Method> {
    if factors.are_needed() { factors.methods() } else { vec![Method::Password] }
}
