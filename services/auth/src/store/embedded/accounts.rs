//! Accounts, as admins see them, in SQLite.

use async_trait::async_trait;
use confab_core::UserId;
use confab_core::page::Page;
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

use super::users::{OWN, read_account, read_state};
use super::{EmbeddedStore, blob, limit};
use crate::domain::{Account, AccountFilter, AccountState, Role, UserCursor};
use crate::store::{AccountStore, Changed};

#[async_trait]
impl AccountStore for EmbeddedStore {
    async fn list(&self, filter: &AccountFilter, page: Page<UserCursor>) -> Result<Vec<Account>, StoreError> {
        let filter = filter.clone();
        self.0.read("list accounts", move |db| select_page(db, &filter, page)).await
    }

    async fn set_state(&self, id: UserId, state: AccountState) -> Result<Changed, StoreError> {
        let set = move |db: &Connection| {
            let Some((old, role)) = standing(db, id)? else { return Ok(Changed::NoSuchUser) };
            if old == state {
                return Ok(Changed::Already);
            }
            if role == Role::Admin && state != AccountState::Active && is_only_admin(db, id)? {
                return Ok(Changed::LastAdmin);
            }
            let sql = "UPDATE users SET state = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![blob(id), state.word()])?;
            Ok(Changed::Yes)
        };
        self.0.write("disable or enable an account", set).await
    }

    async fn set_role(&self, id: UserId, role: Role) -> Result<Changed, StoreError> {
        let set = move |db: &Connection| {
            let Some((state, old)) = standing(db, id)? else { return Ok(Changed::NoSuchUser) };
            if old == role {
                return Ok(Changed::Already);
            }
            if role == Role::Member && state == AccountState::Active && is_only_admin(db, id)? {
                return Ok(Changed::LastAdmin);
            }
            let sql = "UPDATE users SET admin = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![blob(id), role == Role::Admin])?;
            Ok(Changed::Yes)
        };
        self.0.write("make or unmake an admin", set).await
    }
}

/// The state and the role of `id`.
fn standing(db: &Connection, id: UserId) -> rusqlite::Result<Option<(AccountState, Role)>> {
    let sql = "SELECT state, admin FROM users WHERE id = ?1";
    let read = |row: &rusqlite::Row| Ok((read_state(row, 0)?, role(row.get(1)?)));
    db.prepare_cached(sql)?.query_row([blob(id)], read).optional()
}

/// The role of somebody who is an admin, or not.
pub fn role(is_admin: bool) -> Role {
    if is_admin { Role::Admin } else { Role::Member }
}

/// Whether nobody but `id` is an active admin.
pub fn is_only_admin(db: &Connection, id: UserId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM users WHERE admin = 1 AND state = 'active' AND id <> ?1";
    Ok(!db.prepare_cached(sql)?.exists([blob(id)])?)
}

fn select_page(
    db: &Connection,
    filter: &AccountFilter,
    page: Page<UserCursor>,
) -> rusqlite::Result<Vec<Account>> {
    // The empty id comes before all others.
    let first = || (String::new(), Vec::new());
    let (name, id) = page.after.map_or_else(first, |after| (after.name, after.id.as_bytes().to_vec()));
    // Of a filter that is not set, either side of OR lets everybody through.
    let sql = format!(
        "SELECT {OWN} FROM users
         WHERE (folded_name, id) > (?1, ?2) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR admin = ?5)
           AND (?6 = '' OR email >= ?6 AND (?7 IS NULL OR email < ?7)
                OR id IN (SELECT user FROM user_words WHERE text >= ?6 AND (?7 IS NULL OR text < ?7)))
         ORDER BY folded_name, id LIMIT ?3"
    );
    let wanted = params![
        name,
        id,
        limit(page.size),
        filter.state.map(AccountState::word),
        filter.role.map(|role| role == Role::Admin),
        filter.prefix.start(),
        filter.prefix.end(),
    ];
    db.prepare_cached(&sql)?.query_map(wanted, read_account)?.collect()
}
