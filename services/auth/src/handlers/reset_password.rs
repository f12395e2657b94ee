//! `AuthService.ResetPassword`.

use super::end_sessions;
use crate::audit::audit;
use crate::domain::{Actor, AuditEvent, AuditKind, GuessKey, LetterKind, MailSecret, Password};
use crate::error::Error;
use crate::service::AuthService;

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
    // Before, so that they are gone whatever happens to this process once the new
    // one is stored; and after, for those that the old one has begun meanwhile.
    end_sessions(service, code.user).await?;
    let code = letters.reset_password(hash, &new, now).await?.ok_or(Error::NoSuchCode)?;

    let event = AuditEvent::new(AuditKind::PasswordReset, Actor::Anybody);
    audit(service, event.to(Some(code.user))).await;

    end_sessions(service, code.user).await?;
    for key in [GuessKey::of_email(&account.email), GuessKey::of_owner(code.user)] {
        service.stores.guesses.clear(key).await?;
    }
    users.verify_email(code.user, &account.email, now).await?;
    Ok(())
}
