//! People who are gone, in SQLite.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::accounts::is_only_admin;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::Departure;
use crate::store::{Departed, DepartureStore};

/// What [`read_departure`] reads.
const COLUMNS: &str = "id, deleted, done, progress, next, failures, problem";

/// Between the names of services in a column.
const SEPARATOR: &str = " ";

#[async_trait]
impl DepartureStore for EmbeddedStore {
    async fn depart(&self, departure: &Departure) -> Result<Departed, StoreError> {
        let departure = departure.clone();
        self.0.write("delete an account", move |db| depart(db, &departure)).await
    }

    async fn erase_own(&self, user: UserId) -> Result<(), StoreError> {
        let erase = move |db: &Connection| {
            for sql in [
                "DELETE FROM devices WHERE user = ?1",
                "DELETE FROM blocks WHERE blocker = ?1 OR blocked = ?1",
                "DELETE FROM invites WHERE creator = ?1",
                "DELETE FROM totp WHERE user = ?1",
                "DELETE FROM recovery_codes WHERE user = ?1",
                "DELETE FROM challenges WHERE user = ?1",
                "DELETE FROM passkeys WHERE user = ?1",
                "DELETE FROM ceremonies WHERE user = ?1",
                "DELETE FROM identities WHERE user = ?1",
                "DELETE FROM attempts WHERE user = ?1",
                "DELETE FROM letters WHERE user = ?1",
                "DELETE FROM mail_codes WHERE user = ?1",
            ] {
                db.prepare_cached(sql)?.execute([blob(user)])?;
            }
            Ok(())
        };
        self.0.write("erase what is kept of somebody", erase).await
    }

    async fn find_departed(&self, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let find = move |db: &Connection| {
            let mut query = db.prepare_cached("SELECT 1 FROM departures WHERE id = ?1")?;
            let mut found = Vec::new();
            for id in ids {
                if query.exists([blob(id)])? {
                    found.push(id);
                }
            }
            Ok(found)
        };
        self.0.read("find out who is gone", find).await
    }

    async fn claim_departure(&self, now: Timestamp) -> Result<Option<Departure>, StoreError> {
        // Most of the time there is nobody, and a look costs no write.
        let due = move |db: &Connection| {
            db.prepare_cached("SELECT 1 FROM departures WHERE next <= ?1")?.exists([now.as_millis()])
        };
        if !self.0.read("look for somebody to be erased", due).await? {
            return Ok(None);
        }
        let claim = move |db: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM departures WHERE next <= ?1 ORDER BY next, id LIMIT 1");
            let found = db.prepare_cached(&sql)?.query_row([now.as_millis()], read_departure).optional()?;
            let claimed = found.map(|found| found.claimed(now));
            claimed.map(|claimed| update(db, &claimed).map(|()| claimed)).transpose()
        };
        self.0.write("claim somebody to be erased", claim).await
    }

    async fn update_departure(&self, departure: &Departure) -> Result<(), StoreError> {
        let departure = departure.clone();
        self.0.write("note how far somebody is erased", move |db| update(db, &departure)).await
    }

    async fn list_unfinished(&self, count_max: usize) -> Result<(Vec<Departure>, usize), StoreError> {
        let list = move |db: &Connection| {
            let sql =
                format!("SELECT {COLUMNS} FROM departures WHERE next IS NOT NULL ORDER BY next, id LIMIT ?1");
            let mut query = db.prepare_cached(&sql)?;
            let found = query.query_map([limit(count_max)], read_departure)?.collect::<Result<_, _>>()?;
            let sql = "SELECT count(*) FROM departures WHERE next IS NOT NULL";
            let count: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            Ok((found, usize::try_from(count).unwrap_or(usize::MAX)))
        };
        self.0.read("list who is to be erased", list).await
    }
}

fn depart(db: &Connection, departure: &Departure) -> rusqlite::Result<Departed> {
    let id = blob(departure.user);
    let sql = "SELECT admin = 1 AND state = 'active' FROM users WHERE id = ?1";
    let found: Option<bool> = db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    let Some(is_active_admin) = found else {
        let is_gone = db.prepare_cached("SELECT 1 FROM departures WHERE id = ?1")?.exists([id])?;
        return Ok(if is_gone { Departed::Yes } else { Departed::NoSuchUser });
    };
    if is_active_admin && is_only_admin(db, departure.user)? {
        return Ok(Departed::LastAdmin);
    }
    let sql = format!("INSERT INTO departures ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    db.prepare_cached(&sql)?.execute(params![
        id,
        departure.deleted.as_millis(),
        departure.done.join(SEPARATOR),
        departure.progress,
        departure.next.map(Timestamp::as_millis),
        departure.failures,
        departure.problem,
    ])?;
    db.prepare_cached("DELETE FROM user_words WHERE user = ?1")?.execute([id])?;
    db.prepare_cached("DELETE FROM users WHERE id = ?1")?.execute([id])?;
    Ok(Departed::Yes)
}

fn update(db: &Connection, departure: &Departure) -> rusqlite::Result<()> {
    let sql = "UPDATE departures SET done = ?2, progress = ?3, next = ?4, failures = ?5, problem = ?6
               WHERE id = ?1";
    let row = params![
        blob(departure.user),
        departure.done.join(SEPARATOR),
        departure.progress,
        departure.next.map(Timestamp::as_millis),
        departure.failures,
        departure.problem,
    ];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

fn read_departure(row: &Row) -> rusqlite::Result<Departure> {
    let done: String = row.get(2)?;
    Ok(Departure {
        user: read_id(row, 0)?,
        deleted: read_time(row, 1)?,
        done: done.split_whitespace().map(str::to_owned).collect(),
        progress: row.get(3)?,
        next: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        failures: row.get(5)?,
        problem: row.get(6)?,
    })
}
