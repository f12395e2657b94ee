//! `AuthService.RequestEmailVerification`.

use confab_rpc::Caller;

use super::{post, require_session};
use crate::domain::{Letter, LetterKind};
use crate::error::Error;
use crate::service::AuthService;

/// Sends `caller` a letter to prove that their address is theirs, unless they have.
pub async fn request_email_verification(service: &AuthService, caller: Caller) -> Result<(), Error> {
    require_session(service, caller).await?;
    let account = service.stores.users.find(caller.user).await?.ok_or(Error::SessionEnded)?;
    if account.email_verified.is_some() {
        return Ok(());
    }
    service.limits.count_own_letter(caller.user)?;
    post(service, Letter::new(LetterKind::VerifyEmail, account.email, service.clock.now())).await
}
