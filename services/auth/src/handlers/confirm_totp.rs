//! `FactorService.ConfirmTotp`.

use confab_rpc::Caller;

use super::{require_session, second_factor};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, RecoveryCode, Totp, TotpCode};
use crate::error::Error;
use crate::service::AuthService;

/// Makes the app of `caller` a factor, now that it shows `code`, and returns codes
/// to write down if they have none.
///
/// The other sessions end: they began with less.
pub async fn confirm_totp(
    service: &AuthService,
    caller: Caller,
    code: Option<TotpCode>,
) -> Result<Vec<RecoveryCode>, Error> {
    require_session(service, caller).await?;
    let (factors, now) = (&service.stores.factors, service.clock.now());
    let begun = factors
        .find_totp(caller.user)
        .await?
        .filter(|totp| totp.last_step.is_none() && now.since(totp.begun) < Totp::BEGUN_FOR);
    let begun = begun.ok_or(Error::TotpNotBegun)?;
    // Not counted: whoever guesses gains an app that only the owner has.
    let code = code.ok_or(Error::WrongCode)?;
    let step = begun.secret.step_of(code, None, now).ok_or(Error::WrongCode)?;

    // Before it is a factor: nobody is to have one without a way around it.
    let had_one = factors.find(caller.user).await?.are_needed();
    let codes =
        if had_one { Vec::new() } else { second_factor::new_recovery_codes(service, caller.user).await? };
    second_factor::changing(service, caller).await?;
    if !factors.enable_totp(caller.user, &begun.secret, step).await? {
        return Err(Error::TotpNotBegun);
    }
    audit(service, AuditEvent::of(AuditKind::TotpAdded, caller.user)).await;
    second_factor::changed(service, caller).await?;
    Ok(codes)
}
