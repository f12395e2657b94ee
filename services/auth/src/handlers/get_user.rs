//! `UserService.GetUser`.

use confab_core::UserId;

use crate::domain::User;
use crate::error::Error;
use crate::service::AuthService;

/// Returns what everybody may see of somebody.
pub async fn get_user(service: &AuthService, id: UserId) -> Result<User, Error> {
    let found = service.stores.users.find_many(&[id]).await?;
    found.into_iter().next().ok_or(Error::NoSuchUser { user: id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{join, test_service};

    #[tokio::test]
    async fn somebody_is_found_and_nobody_is_not() {
        let (service, _folder) = test_service().await;
        let (account, _) = join(&service).await;
        assert_eq!(get_user(&service, account.user.id).await.unwrap(), account.user);

        let nobody = UserId::new(account.user.created);
        assert!(
            matches!(get_user(&service, nobody).await, Err(Error::NoSuchUser { user }) if user == nobody)
        );
    }
}
