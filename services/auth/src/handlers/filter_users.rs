//! `internal.UserDirectoryService.FilterUsers`.

use confab_core::UserId;

use super::batch_get_users;
use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `ids` that belong to people.
pub async fn filter_users(service: &AuthService, ids: Vec<UserId>) -> Result<Vec<UserId>, Error> {
    let people = batch_get_users(service, ids).await?;
    Ok(people.into_iter().map(|user| user.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{join, test_service};

    #[tokio::test]
    async fn only_people_are_left() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        let (somebody, nobody) = (account.user.id, UserId::new(session.created));
        assert_eq!(filter_users(&service, vec![nobody, somebody]).await.unwrap(), [somebody]);
        assert_eq!(filter_users(&service, vec![]).await.unwrap(), []);
    }
}
