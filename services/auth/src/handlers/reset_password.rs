//! `AuthService.ResetPassword`.

use confab_core::UserId;

use super::end_sessions;
use crate::audit::audit;
use crate::domain::{Actor, AuditEvent, AuditKind, GuessKey, LetterKind, MailSecret, Password, PasswordHash};
use crate::error::Error;
use crate::service::AuthService;

/// How often we try to put a password in the place of one that is changed
/// meanwhile: by a log-in that hashes it anew, for one.
const ATTEMPTS_MAX: u32 = 3;

/// Gives whoever has read the letter with `code` another password, and ends all
/// their sessions: whoever made them may have known the old one.
pub async fn reset_password(
    service: &AuthService,
    code: Option<MailSecret>,
    new: Password,
) -> Result<(), Error> {
    let (hash, now) = (code.ok_or(Error::NoSuchCode)?.hash(), service.clock.now());
    let (letters, users) = (&service.stores.letters, &service.stores.users);
    let code = letters.find_code(hash, LetterKind::ResetPassword, now).await?.ok_or(Error::NoSuchCode)?;
    let account = users.find(code.user).await?.filter(|account| account.email == code.email);
    let account = account.ok_or(Error::NoSuchCode)?;

    // Before the code is used up: a password that is no good does not cost it.
    let name = account.user.name;
    let new = service.hasher.hash_new("new_password", new, account.email.clone(), name).await?;
    letters.take_code(hash, LetterKind::ResetPassword, now).await?.ok_or(Error::NoSuchCode)?;
    replace_password(service, code.user, &new).await?;

    let event = AuditEvent::new(AuditKind::PasswordReset, Actor::Anybody);
    audit(service, event.to(Some(code.user))).await;

    end_sessions(service, code.user).await?;
    for key in [GuessKey::of_email(&account.email), GuessKey::of_owner(code.user)] {
        service.stores.guesses.clear(key).await?;
    }
    users.verify_email(code.user, &account.email, now).await?;
    Ok(())
}

async fn replace_password(service: &AuthService, user: UserId, new: &PasswordHash) -> Result<(), Error> {
    let users = &service.stores.users;
    for _ in 0..ATTEMPTS_MAX {
        let (_, old) = users.find_to_log_in(user).await?.ok_or(Error::NoSuchCode)?;
        if users.replace_password(user, &old, new).await? {
            return Ok(());
        }
    }
    Err(Error::Busy)
}
