//! `AdminService.ForcePasswordReset`.

use confab_core::UserId;

use super::{Authority, require_admin};
use crate::audit::audit;
use crate::domain::{
    Account, Actor, AuditEvent, AuditKind, Letter, LetterKind, MailCode, MailSecret, PasswordHash,
};
use crate::error::Error;
use crate::handlers::{end_sessions, post};
use crate::service::AuthService;

/// Makes the password of `user` good for nothing, and sends them a letter to set
/// another one. An operator of a server that sends none is given the code that
/// would be in it.
pub async fn force_password_reset(
    service: &AuthService,
    authority: Authority,
    user: UserId,
) -> Result<Option<MailSecret>, Error> {
    let actor = require_admin(service, authority).await?;
    if actor != Actor::Operator {
        service.require_mail()?;
    }
    let users = &service.stores.users;
    let account = users.find(user).await?.ok_or(Error::NoSuchUser { user })?;
    if !users.overwrite_password(user, &PasswordHash::of_nobody(service.hasher.cost())).await? {
        return Err(Error::NoSuchUser { user });
    }
    end_sessions(service, user).await?;
    audit(service, AuditEvent::new(AuditKind::PasswordResetForced, actor).to(Some(user))).await;
    if service.sends_letters() {
        let letter = Letter::new(LetterKind::ResetPassword, account.email, service.clock.now());
        post(service, letter).await?;
        return Ok(None);
    }
    keep_code(service, account).await.map(Some)
}

/// Makes a code that does what one in a letter would.
async fn keep_code(service: &AuthService, account: Account) -> Result<MailSecret, Error> {
    let code = MailSecret::generate()?;
    let kept = MailCode {
        hash: code.hash(),
        kind: LetterKind::ResetPassword,
        user: account.user.id,
        email: account.email,
        expires: service.clock.now().plus(MailCode::LIFETIME),
    };
    service.stores.letters.keep_code(&kept).await?;
    Ok(code)
}
