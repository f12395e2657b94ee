//! `AuthService.UpdateProfile`.

use confab_rpc::Caller;

use super::{get_me, require_session};
use crate::domain::{Account, ProfileChange};
use crate::error::Error;
use crate::service::AuthService;

/// Changes what others see of `caller`, and returns their account.
pub async fn update_profile(
    service: &AuthService,
    caller: Caller,
    change: ProfileChange,
) -> Result<Account, Error> {
    if change == ProfileChange::default() {
        return get_me(service, caller).await;
    }
    require_session(service, caller).await?;
    let updated = service.stores.users.update_profile(caller.user, &change, service.clock.now()).await?;
    updated.ok_or(Error::SessionEnded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Name;
    use crate::handlers::log_out;
    use crate::service::testing::{caller, join, test_service};

    fn to(name: &str) -> ProfileChange {
        ProfileChange { name: Some(Name::new(name).unwrap()), ..ProfileChange::default() }
    }

    #[tokio::test]
    async fn a_change_is_seen_from_then_on() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        let unchanged = update_profile(&service, caller(&session), ProfileChange::default()).await.unwrap();
        assert_eq!(unchanged, account);

        let changed = update_profile(&service, caller(&session), to("Countess")).await.unwrap();
        assert_eq!(changed.user.name.as_str(), "Countess");
        assert_eq!(get_me(&service, caller(&session)).await.unwrap(), changed);
    }

    #[tokio::test]
    async fn who_has_logged_out_changes_nothing() {
        let (service, _folder) = test_service().await;
        let (_, session) = join(&service).await;
        log_out(&service, caller(&session)).await.unwrap();
        let refused = update_profile(&service, caller(&session), to("Ghost")).await;
        assert!(matches!(refused, Err(Error::SessionEnded)));
    }
}
