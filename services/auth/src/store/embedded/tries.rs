//! Tries of passwords, and known devices, in SQLite.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{EmbeddedStore, blob, limit, read_time};
use crate::domain::{DeviceSecret, GuessKey, Guesses, SecretHash};
use crate::store::{DeviceStore, GuessStore};

/// How many expired counts a new one takes with it: more than one, so that they
/// get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

#[async_trait]
impl GuessStore for EmbeddedStore {
    async fn find(&self, key: GuessKey) -> Result<Option<Guesses>, StoreError> {
        let find = move |db: &Connection| {
            let sql = "SELECT total, recent, last, expires FROM guesses WHERE id = ?1";
            db.prepare_cached(sql)?.query_row([key.as_bytes()], read_guesses).optional()
        };
        self.0.read("find the tries of a password", find).await
    }

    async fn replace(
        &self,
        key: GuessKey,
        before: Option<Guesses>,
        after: Option<Guesses>,
    ) -> Result<bool, StoreError> {
        let replace = move |db: &Connection| {
            let sql = "SELECT total, recent, last, expires FROM guesses WHERE id = ?1";
            let found = db.prepare_cached(sql)?.query_row([key.as_bytes()], read_guesses).optional()?;
            if found != before {
                return Ok(false);
            }
            match after {
                Some(after) => upsert(db, key, after)?,
                None => delete(db, key)?,
            }
            Ok(true)
        };
        self.0.write("count a try of a password", replace).await
    }

    async fn clear(&self, key: GuessKey) -> Result<(), StoreError> {
        self.0.write("forget the tries of a password", move |db| delete(db, key)).await
    }
}

#[async_trait]
impl DeviceStore for EmbeddedStore {
    async fn knows(&self, user: UserId, device: SecretHash) -> Result<bool, StoreError> {
        let find = move |db: &Connection| {
            let sql = "SELECT 1 FROM devices WHERE user = ?1 AND secret_hash = ?2";
            let key = params![blob(user), device.as_bytes()];
            Ok(db.prepare_cached(sql)?.query_row(key, |_| Ok(())).optional()?.is_some())
        };
        self.0.read("find a device of somebody", find).await
    }

    async fn keep(&self, user: UserId, device: SecretHash, now: Timestamp) -> Result<(), StoreError> {
        let keep = move |db: &Connection| {
            let sql = "INSERT INTO devices (user, secret_hash, used) VALUES (?1, ?2, ?3)
                       ON CONFLICT (user, secret_hash) DO UPDATE SET used = max(used, excluded.used)";
            db.prepare_cached(sql)?.execute(params![blob(user), device.as_bytes(), now.as_millis()])?;

            let sql = "DELETE FROM devices WHERE user = ?1 AND secret_hash IN
                           (SELECT secret_hash FROM devices WHERE user = ?1
                            ORDER BY used DESC, secret_hash DESC LIMIT -1 OFFSET ?2)";
            let too_many = params![blob(user), limit(DeviceSecret::PER_USER_MAX)];
            db.prepare_cached(sql)?.execute(too_many).map(drop)
        };
        self.0.write("keep a device of somebody", keep).await
    }
}

fn upsert(db: &Connection, key: GuessKey, guesses: Guesses) -> rusqlite::Result<()> {
    let sql = "INSERT INTO guesses (id, total, recent, last, expires) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (id) DO UPDATE SET total = excluded.total, recent = excluded.recent,
                   last = excluded.last, expires = excluded.expires";
    let expires = guesses.expires.map(Timestamp::as_millis);
    let row = params![key.as_bytes(), guesses.total, guesses.recent, guesses.last.as_millis(), expires];
    db.prepare_cached(sql)?.execute(row)?;

    let sql = "DELETE FROM guesses WHERE id IN
                   (SELECT id FROM guesses WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
    db.prepare_cached(sql)?.execute([guesses.last.as_millis(), EXPIRED_REMOVED_MAX]).map(drop)
}

fn delete(db: &Connection, key: GuessKey) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM guesses WHERE id = ?1")?.execute([key.as_bytes()]).map(drop)
}

fn read_guesses(row: &Row) -> rusqlite::Result<Guesses> {
    let expires = row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis);
    Ok(Guesses { total: row.get(0)?, recent: row.get(1)?, last: read_time(row, 2)?, expires })
}
