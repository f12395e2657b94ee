//! `UserService.BatchGetUsers`.

use std::collections::HashMap;

use confab_core::UserId;

use crate::domain::User;
use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `ids` that there are, each once, in the order asked for.
pub async fn batch_get_users(service: &AuthService, ids: Vec<UserId>) -> Result<Vec<User>, Error> {
    let found = service.stores.users.find_many(&ids).await?;
    let mut found: HashMap<UserId, User> = found.into_iter().map(|user| (user.id, user)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
