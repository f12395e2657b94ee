//! `AuthService.UpdateProfile`.

use std::error::Error as StdError;

use confab_core::{MediaId, UserId};
use confab_db::StoreError;
use confab_rpc::Caller;

use super::{get_me, require_session};
use crate::domain::{Account, ProfileChange};
use crate::error::Error;
use crate::library::{Aftermath, Library};
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
    match change.picture {
        None => store(service, caller.user, &change).await,
        Some(picture) => update_with_picture(service, caller.user, picture, &change).await,
    }
}

async fn store(service: &AuthService, user: UserId, change: &ProfileChange) -> Result<Account, Error> {
    let updated = service.stores.users.update_profile(user, change, service.clock.now()).await?;
    updated.ok_or(Error::SessionEnded)
}

/// Stores `change`, once the `picture` in it is attached; then lets go of the one before.
async fn update_with_picture(
    service: &AuthService,
    user: UserId,
    picture: Option<MediaId>,
    change: &ProfileChange,
) -> Result<Account, Error> {
    let library = service.require_library()?;
    if let Some(picture) = picture {
        library.attach(user, picture).await?;
    }
    let updated = store(service, user, change).await;
    match &updated {
        Ok(_) => keep_picture(service, library, user, Aftermath::Erase).await,
        // It may be stored: the media service asks, in the end.
        Err(Error::Store(StoreError::Unknown { .. } | StoreError::Corrupt { .. })) => {}
        Err(_) => keep_picture(service, library, user, Aftermath::Wait).await,
    }
    updated
}

/// Lets go of all pictures of `user` but the one they have now, which another
/// request may have set meanwhile.
async fn keep_picture(service: &AuthService, library: &Library, user: UserId, aftermath: Aftermath) {
    match service.stores.users.find(user).await {
        Ok(account) => {
            let picture = account.and_then(|account| account.user.picture);
            library.let_go(user, picture, aftermath).await;
        }
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn StdError,
                "a picture stays until the media service asks for it"
            );
        }
    }
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
