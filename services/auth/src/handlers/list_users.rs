//! `UserService.ListUsers`.

use confab_core::page::Page;

use crate::domain::{NamePrefix, User, UserCursor};
use crate::error::Error;
use crate::service::AuthService;

/// A page of people.
#[derive(Debug)]
pub struct UserList {
    /// The people on it.
    pub users: Vec<User>,
    /// Where the next page begins, if there is one.
    pub next: Option<UserCursor>,
}

/// Returns a page of the people whose name begins with `prefix`.
pub async fn list_users(
    service: &AuthService,
    prefix: NamePrefix,
    page: Page<UserCursor>,
) -> Result<UserList, Error> {
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let page = Page {
        size: size + 1,
        ..page
    };
    let mut users = service.stores.users.list(&prefix, page).await?;

    let has_more = users.len() > size;
    users.truncate(size);
    let next = if has_more {
        users.last().map(UserCursor::after)
    } else {
        None
    };
    Ok(UserList { users, next })
}
