//! `UserService.GetUser`.

use confab_core::UserId;

use super::batch_get_users;
use crate::domain::Person;
use crate::error::Error;
use crate::service::AuthService;

/// Returns what everybody may see of somebody, also of who is gone.
pub async fn get_user(service: &AuthService, id: UserId) -> Result<Person, Error> {
    let found = batch_get_users(service, vec![id]).await?;
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
        let found = get_user(&service, account.user.id).await.unwrap();
        assert_eq!(found, Person::Here(account.user.clone()));

        let nobody = UserId::new(account.user.created);
        assert!(
            matches!(get_user(&service, nobody).await, Err(Error::NoSuchUser { user }) if user == nobody)
        );
    }
}
