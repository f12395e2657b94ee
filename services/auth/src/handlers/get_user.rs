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
