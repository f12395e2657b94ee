//! `AdminService.EraseAccount`.

use confab_core::UserId;

use super::{Authority, require_admin};
use crate::error::Error;
use crate::handlers::departing::delete;
use crate::service::AuthService;

/// Deletes the account of `user`.
pub async fn erase_account(service: &AuthService, authority: Authority, user: UserId) -> Result<(), Error> {
    let actor = require_admin(service, authority).await?;
    delete(service, actor, user).await
}
