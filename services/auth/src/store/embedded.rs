//! What the auth service keeps, in SQLite.

mod blocks;
mod challenges;
mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod schema;
mod sessions;
mod tries;

use std::path::Path;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{Id, Timestamp, UserId};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{Inserted, KeyStore, Moved, Store, UserStore, retired_since, unused_since};
use crate::domain::{Account, Email, Name, NamePrefix, PasswordHash, PublishedKey, User, UserCursor};

/// The embedded store.
#[derive(Clone)]
pub struct EmbeddedStore(Sqlite);

impl EmbeddedStore {
    /// Opens the store in `file`, and makes it if it is missing.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Sqlite::open(file, schema::MIGRATIONS).map(Self)
    }
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn failed(&self) -> String {
        self.0.failed().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[async_trait]
impl UserStore for EmbeddedStore {
    async fn insert(&self, account: &Account, password: &PasswordHash) -> Result<Inserted, StoreError> {
        let (Account { user, email, email_verified }, password) = (account.clone(), password.clone());
        let insert = move |db: &Connection| {
            let sql = "INSERT INTO users
                           (id, email, name, folded_name, password, created, updated, email_verified)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (email) DO NOTHING";
            let rows = db.prepare_cached(sql)?.execute(params![
                blob(user.id),
                email.as_str(),
                user.name.as_str(),
                user.name.folded(),
                password.as_str(),
                user.created.as_millis(),
                user.updated.as_millis(),
                email_verified.map(Timestamp::as_millis),
            ])?;
            Ok(if rows == 1 { Inserted::Yes } else { Inserted::EmailTaken })
        };
        self.0.write("store a new account", insert).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let email = email.clone();
        let find = move |db: &Connection| {
            let sql = "SELECT id, name, created, updated, email, email_verified, password FROM users WHERE email = ?1";
            db.prepare_cached(sql)?.query_row([email.as_str()], read_log_in).optional()
        };
        self.0.read("find an account by its address", find).await
    }

    async fn find_to_log_in(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let find = move |db: &Connection| {
            let sql =
                "SELECT id, name, created, updated, email, email_verified, password FROM users WHERE id = ?1";
            db.prepare_cached(sql)?.query_row([blob(id)], read_log_in).optional()
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
            let mut query =
                db.prepare_cached("SELECT id, name, created, updated FROM users WHERE id = ?1")?;
            let found = ids.iter().map(|id| query.query_row([blob(*id)], read_user).optional());
            found.filter_map(Result::transpose).collect()
        };
        self.0.read("find people", find).await
    }

    async fn list(&self, prefix: &NamePrefix, page: Page<UserCursor>) -> Result<Vec<User>, StoreError> {
        // The empty id comes before all others.
        let first = || (prefix.start().to_owned(), Vec::new());
        let (name, id) = page.after.map_or_else(first, |after| (after.name, after.id.as_bytes().to_vec()));
        let (end, size) = (prefix.end(), limit(page.size));
        let list = move |db: &Connection| {
            let sql = match end {
                Some(_) => {
                    "SELECT id, name, created, updated FROM users
                     WHERE (folded_name, id) > (?1, ?2) AND folded_name < ?4
                     ORDER BY folded_name, id LIMIT ?3"
                }
                None => {
                    "SELECT id, name, created, updated FROM users
                     WHERE (folded_name, id) > (?1, ?2)
                     ORDER BY folded_name, id LIMIT ?3"
                }
            };
            let mut query = db.prepare_cached(sql)?;
            let rows = match end {
                Some(end) => query.query_map(params![name, id, size, end], read_user)?,
                None => query.query_map(params![name, id, size], read_user)?,
            };
            rows.collect()
        };
        self.0.read("list people", list).await
    }

    async fn rename(&self, id: UserId, name: &Name, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let name = name.clone();
        let rename = move |db: &Connection| {
            let sql = "UPDATE users SET name = ?2, folded_name = ?3, updated = ?4 WHERE id = ?1";
            let change = params![blob(id), name.as_str(), name.folded(), now.as_millis()];
            db.prepare_cached(sql)?.execute(change)?;
            select_account(db, id)
        };
        self.0.write("rename somebody", rename).await
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

#[async_trait]
impl KeyStore for EmbeddedStore {
    async fn register(&self, key: &PublishedKey, now: Timestamp) -> Result<(), StoreError> {
        let key = key.clone();
        let register = move |db: &Connection| {
            let sql = "INSERT INTO signing_keys (id, public_key, created, registered) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (id) DO UPDATE SET registered = excluded.registered";
            let row = params![key.id, key.bytes, key.created.as_millis(), now.as_millis()];
            db.prepare_cached(sql)?.execute(row)?;

            let sql = "DELETE FROM signing_keys WHERE registered <= ?1 OR retired <= ?2";
            let over = [unused_since(now).as_millis(), retired_since(now).as_millis()];
            db.prepare_cached(sql)?.execute(over).map(drop)
        };
        self.0.write("publish a key", register).await
    }

    async fn retire(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        let retire = move |db: &Connection| {
            let sql = "UPDATE signing_keys SET retired = ?2 WHERE id = ?1 AND retired IS NULL";
            db.prepare_cached(sql)?.execute(params![id, now.as_millis()]).map(drop)
        };
        self.0.write("retire a key", retire).await
    }

    async fn list(&self, now: Timestamp) -> Result<Vec<PublishedKey>, StoreError> {
        let list = move |db: &Connection| {
            let sql = "SELECT id, public_key, created FROM signing_keys
                       WHERE retired IS NULL OR retired > ?2 ORDER BY registered DESC, id LIMIT ?1";
            let mut query = db.prepare_cached(sql)?;
            let range = params![limit(PublishedKey::COUNT_MAX), retired_since(now).as_millis()];
            query.query_map(range, read_key)?.collect()
        };
        self.0.read("list the keys", list).await
    }
}

fn select_account(db: &Connection, id: UserId) -> rusqlite::Result<Option<Account>> {
    let sql = "SELECT id, name, created, updated, email, email_verified FROM users WHERE id = ?1";
    db.prepare_cached(sql)?.query_row([blob(id)], read_account).optional()
}

fn read_log_in(row: &Row) -> rusqlite::Result<(Account, PasswordHash)> {
    Ok((read_account(row)?, PasswordHash::stored(row.get(6)?)))
}

fn read_account(row: &Row) -> rusqlite::Result<Account> {
    let email_verified = row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis);
    Ok(Account { user: read_user(row)?, email: Email::stored(row.get(4)?), email_verified })
}

fn read_user(row: &Row) -> rusqlite::Result<User> {
    let (id, name) = (read_id(row, 0)?, Name::stored(row.get(1)?));
    Ok(User { id, name, created: read_time(row, 2)?, updated: read_time(row, 3)? })
}

fn read_key(row: &Row) -> rusqlite::Result<PublishedKey> {
    Ok(PublishedKey { id: row.get(0)?, bytes: row.get(1)?, created: read_time(row, 2)? })
}

fn read_id<Of>(row: &Row, column: usize) -> rusqlite::Result<Id<Of>> {
    row.get(column).map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes)))
}

fn read_time(row: &Row, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// An id as SQLite keeps it.
fn blob<Of>(id: Id<Of>) -> [u8; 16] {
    id.as_uuid().into_bytes()
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
