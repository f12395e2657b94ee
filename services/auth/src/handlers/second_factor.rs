//! Compares what people show as a second factor.

use confab_core::UserId;

use super::guessing;
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, FactorProof, GuessKey, RecoveryCode, SecretHash, TotpCode};
use crate::error::Error;
use crate::service::AuthService;

/// Makes sure that `user` has what `proof` shows, and uses up what is good once.
/// The try is counted for `key` before that.
///
/// # Errors
///
/// [`Error::WrongCode`] if they have not, [`Error::TooManyGuesses`] if that was
/// tried too often; then nothing is compared.
pub async fn verify(
    service: &AuthService,
    user: UserId,
    key: GuessKey,
    proof: FactorProof,
) -> Result<(), Error> {
    guessing::count_code(service, key).await?;
    let is_right = match proof {
        FactorProof::Totp(code) => use_totp(service, user, code).await?,
        FactorProof::Recovery(code) => use_recovery_code(service, user, code).await?,
    };
    if !is_right {
        return Err(Error::WrongCode);
    }
    Ok(service.stores.guesses.clear(key).await?)
}

async fn use_totp(service: &AuthService, user: UserId, code: TotpCode) -> Result<bool, Error> {
    let totp = service.stores.factors.find_totp(user).await?;
    let Some(totp) = totp.filter(|totp| totp.last_step.is_some()) else { return Ok(false) };
    match totp.secret.step_of(code, totp.last_step, service.clock.now()) {
        // Another request may have been quicker with the same code.
        Some(step) => Ok(service.stores.factors.use_totp(user, step).await?),
        None => Ok(false),
    }
}

async fn use_recovery_code(service: &AuthService, user: UserId, code: RecoveryCode) -> Result<bool, Error> {
    let is_theirs = service.stores.factors.take_recovery_code(user, code.hash()).await?;
    if is_theirs {
        audit(service, AuditEvent::of(AuditKind::RecoveryCodeUsed, user)).await;
    }
    Ok(is_theirs)
}

/// Codes for `user` to write down, in the place of those they had.
pub async fn new_recovery_codes(service: &AuthService, user: UserId) -> Result<Vec<RecoveryCode>, Error> {
    let codes: Vec<_> =
        (0..RecoveryCode::COUNT).map(|_| RecoveryCode::generate()).collect::<Result<_, _>>()?;
    let hashes: Vec<SecretHash> = codes.iter().map(RecoveryCode::hash).collect();
    service.stores.factors.replace_recovery_codes(user, &hashes).await?;
    audit(service, AuditEvent::of(AuditKind::RecoveryCodesMade, user)).await;
    Ok(codes)
}

/// Removes the codes of `user` if there is nothing left that they stand in for.
pub async fn tidy_recovery_codes(service: &AuthService, user: UserId) -> Result<(), Error> {
    if service.stores.factors.find(user).await?.are_needed() {
        return Ok(());
    }
    Ok(service.stores.factors.replace_recovery_codes(user, &[]).await?)
}
