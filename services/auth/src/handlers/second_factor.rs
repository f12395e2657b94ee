//! Compares what people show as a second factor.

use confab_core::UserId;
use confab_rpc::Caller;

use super::{end_other_sessions, guessing, passkeys, post_if_possible};
use crate::audit::audit;
use crate::domain::{
    AuditEvent, AuditKind, FactorProof, GuessKey, Letter, LetterKind, Purpose, RecoveryCode, SecretHash,
    TotpCode,
};
use crate::error::Error;
use crate::service::AuthService;

/// Makes sure that `user` has what `proof` shows for `purpose`, and uses up what is
/// good once. The try of a code is counted for `key` before that; what a passkey
/// signs cannot be guessed.
///
/// # Errors
///
/// [`Error::WrongCode`] or [`Error::WrongPasskey`] if they have not,
/// [`Error::TooManyGuesses`] if that was tried too often; then nothing is compared.
pub async fn verify(
    service: &AuthService,
    user: UserId,
    key: GuessKey,
    purpose: Purpose,
    proof: FactorProof,
) -> Result<(), Error> {
    match proof {
        FactorProof::Totp(code) => counted(service, key, use_totp(service, user, code)).await,
        FactorProof::Recovery(code) => counted(service, key, use_recovery_code(service, user, code)).await,
        FactorProof::Passkey(answer) => {
            passkeys::verify(service, &answer, purpose, Some(user)).await.map(drop)
        }
    }
}

/// Counts a try for `key`, and then finds out whether it is right.
async fn counted(
    service: &AuthService,
    key: GuessKey,
    is_right: impl Future<Output = Result<bool, Error>>,
) -> Result<(), Error> {
    guessing::count_code(service, key).await?;
    if !is_right.await? {
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

/// Ends the other sessions of `caller`, whose factors are about to be changed: so they
/// are gone whatever happens to this process once that is stored.
pub async fn changing(service: &AuthService, caller: Caller) -> Result<(), Error> {
    end_other_sessions(service, caller).await
}

/// Ends those of `caller` that have begun since [`changing`], now that their factors
/// were changed, and tells them by letter: it may have been somebody else.
pub async fn changed(service: &AuthService, caller: Caller) -> Result<(), Error> {
    end_other_sessions(service, caller).await?;
    if let Some(account) = service.stores.users.find(caller.user).await? {
        let letter = Letter::new(LetterKind::FactorsChanged, account.email, service.clock.now());
        post_if_possible(service, letter).await;
    }
    Ok(())
}
