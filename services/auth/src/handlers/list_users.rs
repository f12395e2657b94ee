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

/// Returns a page of the people whose name, or a word of it, begins with `prefix`.
pub async fn list_users(
    service: &AuthService,
    prefix: NamePrefix,
    page: Page<UserCursor>,
) -> Result<UserList, Error> {
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let page = Page { size: size + 1, ..page };
    let mut users = service.stores.users.list(&prefix, page).await?;

    let has_more = users.len() > size;
    users.truncate(size);
    let next = if has_more { users.last().map(UserCursor::after) } else { None };
    Ok(UserList { users, next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{join, test_service};

    #[tokio::test]
    async fn there_is_a_next_page_only_if_somebody_is_on_it() {
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let everybody = || NamePrefix::new("");

        let page = list_users(&service, everybody(), Page { size: 1, after: None }).await.unwrap();
        assert_eq!((page.users, page.next), (vec![ada.user.clone()], None));

        let after = Some(UserCursor::after(&ada.user));
        let rest = list_users(&service, everybody(), Page { size: 1, after }).await.unwrap();
        assert_eq!((rest.users, rest.next), (vec![], None));
    }
}
