//! Accounts, as admins see them, in MongoDB.

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use confab_core::UserId;
use confab_core::page::Page;
use confab_db::StoreError;
use confab_db::mongo::OrStoreError;
use futures_util::TryStreamExt;

use super::users::{behind, range};
use super::{MongoStore, key, limit};
use crate::domain::{Account, AccountFilter, AccountState, Role, UserCursor};
use crate::store::documents::AccountDocument;
use crate::store::{AccountStore, Changed};

#[async_trait]
impl AccountStore for MongoStore {
    async fn list(&self, filter: &AccountFilter, page: Page<UserCursor>) -> Result<Vec<Account>, StoreError> {
        let task = "list accounts";
        let find = self.users.find(matching(filter, page.after));
        let find = find.sort(doc! { "folded_name": 1, "_id": 1 }).limit(limit(page.size));
        let found: Vec<AccountDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Account::try_from).collect()
    }

    async fn set_state(&self, id: UserId, state: AccountState) -> Result<Changed, StoreError> {
        let is_so = state_is(state);
        let back = match state {
            AccountState::Active => AccountState::Disabled,
            AccountState::Disabled => AccountState::Active,
        };
        let [set, back] = [state, back].map(|state| doc! { "state": state.word() });
        self.change(id, is_so, set, back).await
    }

    async fn set_role(&self, id: UserId, role: Role) -> Result<Changed, StoreError> {
        let is_admin = role == Role::Admin;
        self.change(id, role_is(role), doc! { "admin": is_admin }, doc! { "admin": !is_admin }).await
    }
}

impl MongoStore {
    /// Sets what `set` says in the account of `id`, unless that `is_so`; if then
    /// nobody is an active admin who was one before, it is set `back`.
    ///
    /// Two that do so at once see what the other has done, or are seen by it: so
    /// one of them at least finds that nobody is left.
    async fn change(
        &self,
        id: UserId,
        is_so: Document,
        set: Document,
        back: Document,
    ) -> Result<Changed, StoreError> {
        let task = "change an account";
        let theirs = || doc! { "_id": key(id) };
        let unless_so = doc! { "$and": [theirs(), doc! { "$nor": [is_so] }] };
        let before = self.users.find_one_and_update(unless_so, doc! { "$set": set }).await;
        let Some(before) = before.or_store_error(task)? else {
            let found = self.users.find_one(theirs()).await.or_store_error(task)?;
            return Ok(if found.is_some() { Changed::Already } else { Changed::NoSuchUser });
        };
        let before = Account::try_from(before)?;
        let was_admin = before.role == Role::Admin && before.state == AccountState::Active;
        if was_admin && self.count_active_admins(task).await? == 0 {
            self.users.update_one(theirs(), doc! { "$set": back }).await.or_store_error(task)?;
            return Ok(Changed::LastAdmin);
        }
        Ok(Changed::Yes)
    }

    /// How many active admins there are, or one if there are more.
    pub(super) async fn count_active_admins(&self, task: &'static str) -> Result<u64, StoreError> {
        let active = doc! { "$and": [role_is(Role::Admin), state_is(AccountState::Active)] };
        self.users.count_documents(active).limit(1).await.or_store_error(task)
    }
}

/// Accounts in `state`. Those that are older than states have none, and are active.
pub fn state_is(state: AccountState) -> Document {
    match state {
        AccountState::Active => doc! { "state": { "$in": [state.word(), Bson::Null] } },
        AccountState::Disabled => doc! { "state": state.word() },
    }
}

/// Accounts of people who have `role`, in the same way.
fn role_is(role: Role) -> Document {
    match role {
        Role::Admin => doc! { "admin": true },
        Role::Member => doc! { "admin": { "$in": [false, Bson::Null] } },
    }
}

fn matching(filter: &AccountFilter, after: Option<UserCursor>) -> Document {
    let mut all = vec![behind(after)];
    all.extend(filter.state.map(state_is));
    all.extend(filter.role.map(role_is));
    if !filter.prefix.is_empty() {
        let range = range(&filter.prefix);
        all.push(doc! { "$or": [
            { "name_words": { "$elemMatch": range.clone() } },
            { "email": range },
        ] });
    }
    doc! { "$and": all }
}
