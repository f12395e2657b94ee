//! `AdminService.ListAccounts`.

use confab_core::page::Page;

use super::{Authority, require_admin};
use crate::domain::{Account, AccountFilter, UserCursor};
use crate::error::Error;
use crate::service::AuthService;

/// A page of accounts.
#[derive(Debug)]
pub struct AccountList {
    /// The accounts on it.
    pub accounts: Vec<Account>,
    /// Where the next page begins, if there is one.
    pub next: Option<UserCursor>,
}

/// Returns a page of the accounts that `filter` lets through.
pub async fn list_accounts(
    service: &AuthService,
    authority: Authority,
    filter: AccountFilter,
    page: Page<UserCursor>,
) -> Result<AccountList, Error> {
    require_admin(service, authority).await?;
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let page = Page { size: size + 1, ..page };
    let mut accounts = service.stores.accounts.list(&filter, page).await?;

    let has_more = accounts.len() > size;
    accounts.truncate(size);
    let next = if has_more { accounts.last().map(|last| UserCursor::after(&last.user)) } else { None };
    Ok(AccountList { accounts, next })
}
