//! What the auth service keeps, in SQLite.

mod accounts;
mod audit;
mod blocks;
mod challenges;
mod departures;
mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod schema;
mod sessions;
mod tries;
mod users;

use std::path::Path;

use async_trait::async_trait;
use confab_core::{Id, Timestamp};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::{KeyStore, Store, retired_since, unused_since};
use crate::domain::PublishedKey;

/// The embedded store.
#[derive(Clone)]
pub struct EmbeddedStore(Sqlite);

impl EmbeddedStore {
    /// Opens the store in `file`, and makes it if it is missing.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Sqlite::open(file, schema::MIGRATIONS).map(Self)
    }

    /// The same, beside a program that has it open.
    pub fn open_beside(file: &Path) -> Result<Self, OpenError> {
        Sqlite::open_beside(file, schema::MIGRATIONS).map(Self)
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
