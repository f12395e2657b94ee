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
