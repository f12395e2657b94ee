//! `FactorService.ConfirmIdentity`.

use confab_core::Timestamp;
use confab_rpc::Caller;

use super::{require_session, second_factor, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, CONFIRMED_FOR, GuessKey, IdentityProof, Purpose};
use crate::error::Error;
use crate::service::AuthService;

/// Notes in the session of `caller` that they have proved who they are, and
/// returns until when that holds.
pub async fn confirm_identity(
    service: &AuthService,
    caller: Caller,
    proof: IdentityProof,
) -> Result<Timestamp, Error> {
    require_session(service, caller).await?;
    let methods = step_up::methods(service.stores.factors.find(caller.user).await?);
    let method = proof.method();
    if !methods.contains(&method) {
        return Err(Error::StepUpNeeded { methods });
    }
    match proof {
        IdentityProof::Password(password) => step_up::check_password(service, caller, password).await?,
        IdentityProof::Factor(proof) => {
            let guess = GuessKey::of_owner_codes(caller.user);
            let shown = second_factor::verify(service, caller.user, guess, Purpose::Confirm, proof).await;
            if let Err(Error::WrongCode | Error::WrongPasskey) = shown {
                audit(service, AuditEvent::of(AuditKind::SecondFactorWrong, caller.user)).await;
            }
            shown?;
        }
    }
    let now = service.clock.now();
    if !service.stores.sessions.confirm(caller.session, now).await? {
        return Err(Error::SessionEnded);
    }
    audit(service, AuditEvent::of(AuditKind::IdentityConfirmed, caller.user).about(method.word())).await;
    Ok(now.plus(CONFIRMED_FOR))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{Guesses, Method, Password};
    use crate::service::testing::{another_session, caller, join, service_on, test_service};
    use crate::store::Stores;

    fn password(text: &str) -> IdentityProof {
        IdentityProof::Password(Password::claimed(text))
    }

    #[tokio::test]
    async fn whoever_has_proved_who_they_are_need_not_again_for_ten_minutes_in_this_session() {
        let folder = tempfile::tempdir().unwrap();
        let database = confab_db::Database::Embedded { folder: folder.path().to_owned() };
        let (service, clock) = service_on(Stores::open(&database).await.unwrap());
        let (account, here) = join(&service).await;
        let elsewhere = another_session(&service, &account).await;
        let needed = async |session| {
            let refused = step_up::require(&service, caller(session)).await;
            matches!(refused, Err(Error::StepUpNeeded { methods }) if methods == [Method::Password])
        };
        assert!(needed(&here).await);
        let refused = confirm_identity(&service, caller(&here), password("wrong")).await;
        assert!(matches!(refused, Err(Error::WrongPassword)));
        assert!(needed(&here).await);

        let until = confirm_identity(&service, caller(&here), password("correct horse battery")).await;
        assert_eq!(until.unwrap(), service.clock.now().plus(CONFIRMED_FOR));
        step_up::require(&service, caller(&here)).await.unwrap();
        assert!(needed(&elsewhere).await);
        clock.advance(CONFIRMED_FOR.checked_sub(Duration::from_millis(1)).unwrap());
        step_up::require(&service, caller(&here)).await.unwrap();
        clock.advance(Duration::from_millis(1));
        assert!(needed(&here).await);
    }

    #[tokio::test]
    async fn passwords_cannot_be_guessed_there_nor_sessions_of_others_used() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        for _ in 0..Guesses::FREE_COUNT {
            let refused = confirm_identity(&service, caller(&here), password("wrong")).await;
            assert!(matches!(refused, Err(Error::WrongPassword)));
        }
        let refused = confirm_identity(&service, caller(&here), password("correct horse battery")).await;
        assert!(matches!(refused, Err(Error::TooManyGuesses { .. })));

        let stranger = confab_core::UserId::new(account.user.created);
        let mixed_up = Caller { user: stranger, ..caller(&here) };
        let refused = confirm_identity(&service, mixed_up, password("correct horse battery")).await;
        assert!(matches!(refused, Err(Error::SessionEnded)));
        assert!(matches!(step_up::require(&service, mixed_up).await, Err(Error::SessionEnded)));
    }
}
