//! `AuthService.ChangePassword`.

use confab_rpc::Caller;

use super::{end_other_sessions, guessing, require_session, step_up};
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, GuessKey, PasswordChange};
use crate::error::Error;
use crate::service::AuthService;

/// Gives `caller` another password, and ends their other sessions: whoever made
/// them may have known the old one.
pub async fn change_password(
    service: &AuthService,
    caller: Caller,
    change: PasswordChange,
) -> Result<(), Error> {
    let PasswordChange { old, new } = change;
    require_session(service, caller).await?;
    step_up::require_of_factors(service, caller).await?;
    let found = service.stores.users.find_to_log_in(caller.user).await?;
    let (account, old_hash) = found.ok_or(Error::SessionEnded)?;

    let guess = GuessKey::of_owner(caller.user);
    if !guessing::verify(service, guess, old.clone(), Some(old_hash.clone())).await? {
        audit(service, AuditEvent::of(AuditKind::PasswordWrong, caller.user)).await;
        return Err(Error::WrongOldPassword);
    }
    if new.is(&old) {
        return Err(Error::Invalid { field: "new_password", problem: "must not be the old one".to_owned() });
    }
    let name = account.user.name;
    let hash = service.hasher.hash_new("new_password", new, account.email, name).await?;
    // Before, so that they are gone whatever happens to this process once the new
    // one is stored; and after, for those that the old one has begun meanwhile.
    end_other_sessions(service, caller).await?;
    if !service.stores.users.replace_password(caller.user, &old_hash, &hash).await? {
        // Another change was first, so the old password is not the one that was given.
        return Err(Error::WrongOldPassword);
    }
    audit(service, AuditEvent::of(AuditKind::PasswordChanged, caller.user)).await;
    end_other_sessions(service, caller).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Password;
    use crate::service::testing::{another_session, caller, join, opens, test_service};

    const OLD: &str = "correct horse battery";
    const NEW: &str = "staple battery horse";

    fn change(old: &str, new: &str) -> PasswordChange {
        PasswordChange { old: Password::claimed(old), new: Password::claimed(new) }
    }

    #[tokio::test]
    async fn the_new_password_takes_the_place_of_the_old_one_and_ends_other_sessions() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        another_session(&service, &account).await;
        change_password(&service, caller(&here), change(OLD, NEW)).await.unwrap();

        let left = service.stores.sessions.list(account.user.id, service.clock.now()).await.unwrap();
        assert_eq!(left, [here]);
        assert!(!opens(&service, account.email.as_str(), OLD).await);
        assert!(opens(&service, account.email.as_str(), NEW).await);
    }

    #[tokio::test]
    async fn nothing_changes_without_the_old_password_or_with_a_bad_new_one() {
        let (service, _folder) = test_service().await;
        let (account, here) = join(&service).await;
        let there = another_session(&service, &account).await;
        for (old, new) in [("wrong", NEW), (OLD, "password1"), (OLD, OLD), (OLD, "ada@example.com")] {
            let refused = change_password(&service, caller(&here), change(old, new)).await;
            assert!(matches!(refused, Err(Error::WrongOldPassword | Error::Invalid { .. })), "{old} {new}");
        }
        assert!(opens(&service, account.email.as_str(), OLD).await);
        assert!(service.stores.sessions.find(there.id, service.clock.now()).await.unwrap().is_some());
    }
}
