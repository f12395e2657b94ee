//! `AuthService.RequestEmailChange`.

use confab_rpc::Caller;

use super::{guessing, post, require_session, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, EmailChange, GuessKey, Letter, LetterKind};
use crate::error::Error;
use crate::service::AuthService;

/// Sends a letter to the address that `caller` wants to have. It is theirs when
/// they have read that.
pub async fn request_email_change(
    service: &AuthService,
    caller: Caller,
    change: EmailChange,
) -> Result<(), Error> {
    service.require_mail()?;
    require_session(service, caller).await?;
    step_up::require_of_factors(service, caller).await?;
    let EmailChange { new, password } = change;
    let found = service.stores.users.find_to_log_in(caller.user).await?;
    let (account, hash) = found.ok_or(Error::SessionEnded)?;
    if !guessing::verify(service, GuessKey::of_owner(caller.user), password, Some(hash)).await? {
        audit(service, AuditEvent::of(AuditKind::PasswordWrong, caller.user)).await;
        return Err(Error::WrongPassword);
    }
    if new == account.email {
        return Err(Error::Invalid { field: "new_email", problem: "must not be the old one".to_owned() });
    }
    // Nobody has to be asked whether they want such letters, so there are few.
    service.limits.count_own_letter(caller.user)?;
    let letter = Letter::new(LetterKind::ChangeEmail, new, service.clock.now());
    // Several may want to have it; each of them is sent a letter of their own.
    post(service, Letter { user: Some(caller.user), about: caller.user.to_string(), ..letter }).await
}
