//! `PasskeyService.FinishPasskeyRegistration`.

use confab_rpc::Caller;

use super::{require_session, second_factor};
use crate::audit::audit;
use crate::domain::{
    AuditEvent, AuditKind, DeviceName, NewCredential, Passkey, PasskeyId, Purpose, RecoveryCode,
};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Added;

/// Adds the passkey that `caller` was asked for, and returns it with codes to write
/// down if they have none.
///
/// The other sessions end: they began with less.
pub async fn finish_passkey_registration(
    service: &AuthService,
    caller: Caller,
    name: DeviceName,
    answer: NewCredential,
) -> Result<(Passkey, Vec<RecoveryCode>), Error> {
    require_session(service, caller).await?;
    let now = service.clock.now();
    let asked = service.stores.ceremonies.take(answer.asked_for()?, Purpose::Register, now).await?;
    asked.filter(|asked| asked.user == Some(caller.user)).ok_or(Error::WrongPasskey)?;
    let new = service.webauthn.register(&answer)?;
    let passkey = Passkey {
        id: PasskeyId::new(now),
        user: caller.user,
        name,
        credential: new.credential,
        public_key: new.public_key,
        algorithm: new.algorithm,
        counter: new.counter,
        backup_eligible: new.backup_eligible,
        backed_up: new.backed_up,
        created: now,
        used: None,
    };
    // Before it is a factor: nobody is to have one without a way around it.
    let had_one = service.stores.factors.find(caller.user).await?.are_needed();
    let codes =
        if had_one { Vec::new() } else { second_factor::new_recovery_codes(service, caller.user).await? };
    second_factor::changing(service, caller).await?;
    match service.stores.passkeys.insert(&passkey).await? {
        Added::Yes => {
            let event = AuditEvent::of(AuditKind::PasskeyAdded, caller.user);
            audit(service, event.about(passkey.name.as_str())).await;
            second_factor::changed(service, caller).await?;
            Ok((passkey, codes))
        }
        Added::TooMany => Err(Error::TooManyPasskeys),
        Added::Taken => Err(Error::WrongPasskey),
    }
}
