//! `AuthService.VerifyEmail`.

use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, LetterKind, MailSecret};
use crate::error::Error;
use crate::service::AuthService;

/// Notes that an address belongs to whoever has the account: they have read the
/// letter with `code`.
pub async fn verify_email(service: &AuthService, code: Option<MailSecret>) -> Result<(), Error> {
    let (hash, now) = (code.ok_or(Error::NoSuchCode)?.hash(), service.clock.now());
    let code = service.stores.letters.take_code(hash, LetterKind::VerifyEmail, now).await?;
    let code = code.ok_or(Error::NoSuchCode)?;
    // They may have another address by now.
    let is_theirs = service.stores.users.verify_email(code.user, &code.email, now).await?;
    if !is_theirs {
        return Err(Error::NoSuchCode);
    }
    audit(service, AuditEvent::of(AuditKind::EmailVerified, code.user)).await;
    Ok(())
}
