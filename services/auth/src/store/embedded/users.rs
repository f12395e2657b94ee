//! People in SQLite.

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::accounts::role;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{
    Account, AccountState, ContactPolicy, Email, Name, NamePrefix, PasswordHash, ProfileChange, Role,
    StatusText, TimeZone, User, UserCursor,
};
use crate::store::{Inserted, Moved, UserStore};

/// What [`read_user`] reads.
const SEEN: &str = "id, name, status, time_zone, picture, created, updated";
/// What [`read_account`] reads.
pub const OWN: &str =
    "id, name, status, time_zone, picture, created, updated, email, email_verified, contact, state, admin";

#[async_trait]
impl UserStore for EmbeddedStore {
    async fn insert(&self, account: &Account, password: &PasswordHash) -> Result<Inserted, StoreError> {
        let (account, password) = (account.clone(), password.clone());
        let insert = move |db: &Connection| {
            if !insert_row(db, &account, &password)? {
                return Ok(Inserted::EmailTaken);
            }
            write_words(db, account.user.id, &account.user.name)?;
            Ok(Inserted::Yes)
        };
        self.0.write("store a new account", insert).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let email = email.clone();
        let find = move |db: &Connection| {
            let sql = format!("SELECT {OWN}, password FROM users WHERE email = ?1");
            db.prepare_cached(&sql)?.query_row([email.as_str()], read_log_in).optional()
        };
        self.0.read("find an account by its address", find).await
    }

    async fn find_to_log_in(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let find = move |db: &Connection| {
            let sql = format!("SELECT {OWN}, password FROM users WHERE id = ?1");
            db.prepare_cached(&sql)?.query_row([blob(id)], read_log_in).optional()
        };
        self.0.read("find an account and its password", find).await
    }

    async fn find(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.0.read("find an account", move |db| select_account(db, id)).await
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let find = move |db: &Connection| {
            let mut query = db.prepare_cached(&format!("SELECT {SEEN} FROM users WHERE id = ?1"))?;
            let found = ids.iter().map(|id| query.query_row([blob(*id)], read_user).optional());
            found.filter_map(Result::transpose).collect()
        };
        self.0.read("find people", find).await
    }

    async fn list(&self, prefix: &NamePrefix, page: Page<UserCursor>) -> Result<Vec<User>, StoreError> {
        let prefix = prefix.clone();
        self.0.read("list people", move |db| select_page(db, &prefix, page)).await
    }

    async fn contact_policies(&self, ids: &[UserId]) -> Result<Vec<(UserId, ContactPolicy)>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let find = move |db: &Connection| {
            let sql = "SELECT id, iif(state = 'active', contact, 'nobody') FROM users WHERE id = ?1";
            let mut query = db.prepare_cached(sql)?;
            let read = |row: &Row| Ok((read_id(row, 0)?, read_contact(row, 1)?));
            let found = ids.iter().map(|id| query.query_row([blob(*id)], read).optional());
            found.filter_map(Result::transpose).collect()
        };
        self.0.read("find who may contact people", find).await
    }

    async fn set_contact_policy(&self, id: UserId, policy: ContactPolicy) -> Result<(), StoreError> {
        let set = move |db: &Connection| {
            let sql = "UPDATE users SET contact = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![blob(id), policy.word()]).map(drop)
        };
        self.0.write("set who may contact somebody", set).await
    }

    async fn update_profile(
        &self,
        id: UserId,
        change: &ProfileChange,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let change = change.clone();
        let update = move |db: &Connection| {
            update_profile(db, id, &change, now)?;
            select_account(db, id)
        };
        self.0.write("change a profile", update).await
    }

    async fn verify_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        let email = email.clone();
        let verify = move |db: &Connection| {
            let sql = "UPDATE users SET email_verified = coalesce(email_verified, ?3)
                       WHERE id = ?1 AND email = ?2";
            let rows = db.prepare_cached(sql)?.execute(params![blob(id), email.as_str(), now.as_millis()])?;
            Ok(rows == 1)
        };
        self.0.write("note whose an address is", verify).await
    }

    async fn change_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<Moved, StoreError> {
        let email = email.clone();
        let change = move |db: &Connection| {
            let Some(Account { email: old, .. }) = select_account(db, id)? else {
                return Ok(Moved::NoSuchUser);
            };
            let sql = "UPDATE OR IGNORE users SET email = ?2, email_verified = ?3 WHERE id = ?1";
            let rows = db.prepare_cached(sql)?.execute(params![blob(id), email.as_str(), now.as_millis()])?;
            Ok(if rows == 1 { Moved::Yes { old } } else { Moved::EmailTaken })
        };
        self.0.write("change an address", change).await
    }

    async fn overwrite_password(&self, id: UserId, new: &PasswordHash) -> Result<bool, StoreError> {
        let new = new.clone();
        let overwrite = move |db: &Connection| {
            let sql = "UPDATE users SET password = ?2 WHERE id = ?1";
            Ok(db.prepare_cached(sql)?.execute(params![blob(id), new.as_str()])? == 1)
        };
        self.0.write("overwrite a password", overwrite).await
    }

    async fn replace_password(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let (old, new) = (old.clone(), new.clone());
        let replace = move |db: &Connection| {
            let sql = "UPDATE users SET password = ?3 WHERE id = ?1 AND password = ?2";
            let rows = db.prepare_cached(sql)?.execute(params![blob(id), old.as_str(), new.as_str()])?;
            Ok(rows == 1)
        };
        self.0.write("replace a password", replace).await
    }
}

/// Stores an account, and returns whether its address was free.
fn insert_row(db: &Connection, account: &Account, password: &PasswordHash) -> rusqlite::Result<bool> {
    let Account { user, email, email_verified, contact, state, role } = account;
    let sql = "INSERT INTO users (id, name, status, time_zone, picture, created, updated, email, email_verified,
                                  contact, state, admin, folded_name, password)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (email) DO NOTHING";
    let rows = db.prepare_cached(sql)?.execute(params![
        blob(user.id),
        user.name.as_str(),
        user.status.as_str(),
        user.time_zone.as_ref().map(TimeZone::as_str),
        user.picture.map(blob),
        user.created.as_millis(),
        user.updated.as_millis(),
        email.as_str(),
        email_verified.map(Timestamp::as_millis),
        contact.word(),
        state.word(),
        *role == Role::Admin,
        user.name.folded(),
        password.as_str(),
    ])?;
    Ok(rows == 1)
}

/// Has `id` found by the words of `name`, and by no others.
fn write_words(db: &Connection, id: UserId, name: &Name) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM user_words WHERE user = ?1")?.execute([blob(id)])?;
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO user_words (text, user) VALUES (?1, ?2)")?;
    name.beginnings().iter().try_for_each(|text| insert.execute(params![text, blob(id)]).map(drop))
}

fn update_profile(
    db: &Connection,
    id: UserId,
    change: &ProfileChange,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql =
        "UPDATE users SET updated = ?2, name = coalesce(?3, name), folded_name = coalesce(?4, folded_name),
                   status = coalesce(?5, status), time_zone = iif(?6, ?7, time_zone), picture = iif(?8, ?9, picture) WHERE id = ?1";
    let zone = change.time_zone.as_ref();
    let rows = db.prepare_cached(sql)?.execute(params![
        blob(id),
        now.as_millis(),
        change.name.as_ref().map(Name::as_str),
        change.name.as_ref().map(Name::folded),
        change.status.as_ref().map(StatusText::as_str),
        zone.is_some(),
        zone.and_then(Option::as_ref).map(TimeZone::as_str),
        change.picture.is_some(),
        change.picture.flatten().map(blob),
    ])?;
    match &change.name {
        Some(name) if rows == 1 => write_words(db, id, name),
        _ => Ok(()),
    }
}

fn select_page(db: &Connection, prefix: &NamePrefix, page: Page<UserCursor>) -> rusqlite::Result<Vec<User>> {
    // The empty id comes before all others.
    let first = || (String::new(), Vec::new());
    let (name, id) = page.after.map_or_else(first, |after| (after.name, after.id.as_bytes().to_vec()));
    let size = limit(page.size);
    if prefix.is_empty() {
        let sql = format!(
            "SELECT {SEEN} FROM users WHERE (folded_name, id) > (?1, ?2) AND state = 'active'
             ORDER BY folded_name, id LIMIT ?3"
        );
        return db.prepare_cached(&sql)?.query_map(params![name, id, size], read_user)?.collect();
    }
    // Nothing comes after the end of a prefix that has none.
    let is_within = "text >= ?4 AND (?5 IS NULL OR text < ?5)";
    let sql = format!(
        "SELECT {SEEN} FROM users
         WHERE (folded_name, id) > (?1, ?2) AND state = 'active' AND id IN (SELECT user FROM user_words WHERE {is_within})
         ORDER BY folded_name, id LIMIT ?3"
    );
    let range = params![name, id, size, prefix.start(), prefix.end()];
    db.prepare_cached(&sql)?.query_map(range, read_user)?.collect()
}

fn select_account(db: &Connection, id: UserId) -> rusqlite::Result<Option<Account>> {
    let sql = format!("SELECT {OWN} FROM users WHERE id = ?1");
    db.prepare_cached(&sql)?.query_row([blob(id)], read_account).optional()
}

fn read_log_in(row: &Row) -> rusqlite::Result<(Account, PasswordHash)> {
    Ok((read_account(row)?, PasswordHash::stored(row.get(12)?)))
}

/// Reads an account from the columns [`OWN`].
pub fn read_account(row: &Row) -> rusqlite::Result<Account> {
    let email_verified = row.get::<_, Option<i64>>(8)?.map(Timestamp::from_millis);
    Ok(Account {
        user: read_user(row)?,
        email: Email::stored(row.get(7)?),
        email_verified,
        contact: read_contact(row, 9)?,
        state: read_state(row, 10)?,
        role: role(row.get(11)?),
    })
}

/// Reads the state of an account.
pub fn read_state(row: &Row, column: usize) -> rusqlite::Result<AccountState> {
    let word: String = row.get(column)?;
    let unknown = || rusqlite::Error::InvalidColumnType(column, "a state of accounts".into(), Type::Text);
    AccountState::of_word(&word).ok_or_else(unknown)
}

fn read_user(row: &Row) -> rusqlite::Result<User> {
    Ok(User {
        id: read_id(row, 0)?,
        name: Name::stored(row.get(1)?),
        status: StatusText::stored(row.get(2)?),
        time_zone: row.get::<_, Option<String>>(3)?.map(TimeZone::stored),
        picture: row.get::<_, Option<[u8; 16]>>(4)?.map(|id| MediaId::from_uuid(Uuid::from_bytes(id))),
        created: read_time(row, 5)?,
        updated: read_time(row, 6)?,
    })
}

fn read_contact(row: &Row, column: usize) -> rusqlite::Result<ContactPolicy> {
    let word: String = row.get(column)?;
    let unknown =
        || rusqlite::Error::InvalidColumnType(column, "who may contact somebody".into(), Type::Text);
    ContactPolicy::of_word(&word).ok_or_else(unknown)
}
