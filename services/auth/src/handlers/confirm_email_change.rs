//! `AuthService.ConfirmEmailChange`.

use confab_rpc::Caller;

use super::{post_if_possible, require_session};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, Letter, LetterKind, MailSecret};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Moved;

/// Gives the account of `caller` the address that the letter with `code` was
/// sent to, and tells the old one.
pub async fn confirm_email_change(
    service: &AuthService,
    caller: Caller,
    code: Option<MailSecret>,
) -> Result<(), Error> {
    require_session(service, caller).await?;
    let (hash, now) = (code.ok_or(Error::NoSuchCode)?.hash(), service.clock.now());
    let letters = &service.stores.letters;
    let found = letters.find_code(hash, LetterKind::ChangeEmail, now).await?;
    // Somebody else's code stays theirs.
    found.filter(|code| code.user == caller.user).ok_or(Error::NoSuchCode)?;
    let code = letters.take_code(hash, LetterKind::ChangeEmail, now).await?.ok_or(Error::NoSuchCode)?;
    match service.stores.users.change_email(caller.user, &code.email, now).await? {
        Moved::Yes { old } => {
            audit(service, AuditEvent::of(AuditKind::EmailChanged, caller.user)).await;
            post_if_possible(service, Letter::new(LetterKind::EmailChanged, old, now)).await;
            Ok(())
        }
        Moved::EmailTaken => Err(Error::EmailTaken),
        Moved::NoSuchUser => Err(Error::SessionEnded),
    }
}
