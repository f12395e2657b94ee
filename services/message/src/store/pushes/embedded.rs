//! Devices and pushes in SQLite.
//!
//! In a file of their own, so that those who write messages do not wait for them.

use std::path::Path;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{Id, SessionId, Timestamp, UserId};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use uuid::Uuid;

use super::PushStore;
use crate::domain::{Device, DeviceKeys, Endpoint, Outcome, Push, PushCursor, PushText};

/// The statements that lead from one version of the schema to the next.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];
/// How many rows are forgotten in one go, so that nobody waits for long.
const PRUNED_MAX: i64 = 1_000;

/// Keeps devices and pushes in one file.
pub struct EmbeddedPushes(Sqlite);

impl EmbeddedPushes {
    /// Opens the file in `folder`, or makes it.
    pub fn open(folder: &Path) -> std::result::Result<Self, OpenError> {
        Sqlite::open(&folder.join("push.db"), MIGRATIONS).map(Self)
    }

    /// The same for an operator's command, beside a program that has it open.
    pub fn open_beside(folder: &Path) -> std::result::Result<Self, OpenError> {
        Sqlite::open_beside(&folder.join("push.db"), MIGRATIONS).map(Self)
    }
}

type Answer<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PushStore for EmbeddedPushes {
    async fn subscribe(&self, device: &Device) -> Answer<()> {
        let device = device.clone();
        self.0.write("keep a device", move |sql| subscribe(sql, &device)).await
    }

    async fn device(&self, session: SessionId) -> Answer<Option<Device>> {
        let find = move |sql: &Connection| {
            let mut statement = sql.prepare_cached("SELECT * FROM devices WHERE session = ?")?;
            statement.query_row([blob(session)], device).optional()
        };
        self.0.read("find a device", find).await
    }

    async fn unsubscribe(&self, session: SessionId, endpoint: Option<&Endpoint>) -> Answer<()> {
        let endpoint = endpoint.cloned();
        let forget = move |sql: &Connection| {
            let mut statement = sql
                .prepare_cached("DELETE FROM devices WHERE session = ?1 AND (?2 IS NULL OR endpoint = ?2)")?;
            statement.execute(params![blob(session), endpoint.as_ref().map(Endpoint::as_str)]).map(drop)
        };
        self.0.write("forget a device", forget).await
    }

    async fn has_devices(&self) -> Answer<bool> {
        let look = |sql: &Connection| sql.prepare_cached("SELECT 1 FROM devices LIMIT 1")?.exists([]);
        self.0.read("see whether there are devices", look).await
    }

    async fn devices_of(&self, users: &[UserId]) -> Answer<Vec<Device>> {
        let users = users.to_vec();
        let find = move |sql: &Connection| {
            let mut statement = sql.prepare_cached("SELECT * FROM devices WHERE user = ?")?;
            let mut found = Vec::new();
            for user in users {
                for one in statement.query_map([blob(user)], device)? {
                    found.push(one?);
                }
            }
            Ok(found)
        };
        self.0.read("find devices of people", find).await
    }

    async fn list_sessions(&self, after: Option<SessionId>, limit: usize) -> Answer<Vec<SessionId>> {
        let list = move |sql: &Connection| {
            let after = after.map_or([0; 16], blob);
            let mut statement =
                sql.prepare_cached("SELECT session FROM devices WHERE session > ? ORDER BY session LIMIT ?")?;
            statement.query_map(params![after, rows(limit)], |row| id(row, "session"))?.collect()
        };
        self.0.read("list devices", list).await
    }

    async fn forget(&self, user: UserId) -> Answer<()> {
        let forget = move |sql: &Connection| {
            sql.prepare_cached("DELETE FROM devices WHERE user = ?")?.execute([blob(user)])?;
            sql.prepare_cached("DELETE FROM pushes WHERE user = ?")?.execute([blob(user)]).map(drop)
        };
        self.0.write("forget the devices of somebody", forget).await
    }

    async fn add(&self, pushes: &[Push]) -> Answer<()> {
        let pushes = pushes.to_vec();
        let add = move |sql: &Connection| pushes.iter().try_for_each(|push| add(sql, push));
        self.0.write("keep pushes", add).await
    }

    async fn claim(&self, now: Timestamp, limit: usize) -> Answer<Vec<Push>> {
        // Most of the time there is none, and a look costs no write.
        let due = move |sql: &Connection| {
            let mut statement =
                sql.prepare_cached("SELECT 1 FROM pushes WHERE outcome = 0 AND decided <= ? LIMIT 1")?;
            statement.exists([now.as_millis()])
        };
        if !self.0.read("look for pushes", due).await? {
            return Ok(Vec::new());
        }
        self.0.write("claim pushes", move |sql| claim(sql, now, limit)).await
    }

    async fn settle(&self, push: &Push) -> Answer<()> {
        let push = push.clone();
        self.0.write("note what became of a push", move |sql| settle(sql, &push)).await
    }

    async fn list(&self, user: UserId, page: Page<PushCursor>) -> Answer<Vec<Push>> {
        let list = move |sql: &Connection| {
            // No id comes after the greatest.
            let before = page.after.map_or([u8::MAX; 16], Uuid::into_bytes);
            let mut statement = sql
                .prepare_cached("SELECT * FROM pushes WHERE user = ? AND id < ? ORDER BY id DESC LIMIT ?")?;
            statement.query_map(params![blob(user), before, rows(page.size)], push)?.collect()
        };
        self.0.read("list pushes", list).await
    }

    async fn prune(&self, now: Timestamp) -> Answer<usize> {
        let prune = move |sql: &Connection| {
            let kept = i64::try_from(Push::KEPT_TIME.as_millis()).unwrap_or(i64::MAX);
            let over = now.as_millis().saturating_sub(kept);
            let mut old = sql.prepare_cached(
                "DELETE FROM pushes WHERE rowid IN
                     (SELECT rowid FROM pushes WHERE outcome > 0 AND decided <= ? ORDER BY decided LIMIT ?)",
            )?;
            let old = old.execute([over, PRUNED_MAX])?;
            // Rows are numbered as they come, so this counts without counting.
            let mut many = sql.prepare_cached(
                "DELETE FROM pushes WHERE rowid IN (SELECT rowid FROM pushes
                     WHERE rowid <= (SELECT max(rowid) FROM pushes) - ?1 ORDER BY rowid LIMIT ?2)",
            )?;
            let kept_max = i64::try_from(Push::KEPT_MAX).unwrap_or(i64::MAX);
            Ok(old + many.execute([kept_max, PRUNED_MAX])?)
        };
        self.0.write("forget old pushes", prune).await
    }

    async fn failed(&self) -> String {
        self.0.failed().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

fn subscribe(sql: &Connection, device: &Device) -> Result<()> {
    let Device { session, user, endpoint, keys, text, created } = device;
    let mut elsewhere = sql.prepare_cached("DELETE FROM devices WHERE session = ? OR endpoint = ?")?;
    elsewhere.execute(params![blob(*session), endpoint.as_str()])?;
    let mut insert = sql.prepare_cached(
        "INSERT INTO devices (session, user, endpoint, p256dh, auth, hide_text, created)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        blob(*session),
        blob(*user),
        endpoint.as_str(),
        keys.p256dh,
        keys.auth,
        *text == PushText::Hidden,
        created.as_millis(),
    ])?;
    let mut too_many = sql.prepare_cached(
        "DELETE FROM devices WHERE session IN (SELECT session FROM devices WHERE user = ?
             ORDER BY created DESC, session DESC LIMIT -1 OFFSET ?)",
    )?;
    too_many.execute(params![blob(*user), rows(Device::COUNT_MAX)]).map(drop)
}

fn add(sql: &Connection, new: &Push) -> Result<()> {
    let mut waiting =
        sql.prepare_cached("SELECT * FROM pushes WHERE session = ? AND conversation = ? AND outcome = 0")?;
    let waiting = waiting.query_row([blob(new.session), blob(new.conversation)], push).optional()?;
    match waiting {
        Some(waiting) => update(sql, &waiting.joined(new)),
        None => insert(sql, new),
    }
}

fn claim(sql: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Push>> {
    let mut due = sql
        .prepare_cached("SELECT * FROM pushes WHERE outcome = 0 AND decided <= ? ORDER BY decided LIMIT ?")?;
    let due: Vec<Push> =
        due.query_map(params![now.as_millis(), rows(limit)], push)?.collect::<Result<_>>()?;
    let claimed: Vec<Push> = due.into_iter().map(|push| push.tried(now)).collect();
    claimed.iter().try_for_each(|push| update(sql, push))?;
    Ok(claimed)
}

fn settle(sql: &Connection, settled: &Push) -> Result<()> {
    let mut kept = sql.prepare_cached("SELECT * FROM pushes WHERE id = ? AND outcome = 0")?;
    // Whoever it was for may be forgotten by now.
    let Some(kept) = kept.query_row([blob(settled.id)], push).optional()? else { return Ok(()) };
    match kept.rest_of(settled) {
        None => update(
            sql,
            &Push { seq: kept.seq, sender: kept.sender, messages: kept.messages, ..settled.clone() },
        ),
        Some(rest) => {
            update(sql, settled)?;
            insert(sql, &rest)
        }
    }
}

fn insert(sql: &Connection, push: &Push) -> Result<()> {
    let mut insert = sql.prepare_cached(
        "INSERT INTO pushes (id, session, user, conversation, seq, sender, messages, created, decided,
             outcome, tries, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let row = params![
        blob(push.id),
        blob(push.session),
        blob(push.user),
        blob(push.conversation),
        push.seq,
        blob(push.sender),
        push.messages,
        push.created.as_millis(),
        push.decided.as_millis(),
        push.outcome.number(),
        push.tries,
        push.status,
    ];
    insert.execute(row).map(drop)
}

fn update(sql: &Connection, push: &Push) -> Result<()> {
    let mut update = sql.prepare_cached(
        "UPDATE pushes SET seq = ?, sender = ?, messages = ?, decided = ?, outcome = ?, tries = ?, status = ?
         WHERE id = ?",
    )?;
    let row = params![
        push.seq,
        blob(push.sender),
        push.messages,
        push.decided.as_millis(),
        push.outcome.number(),
        push.tries,
        push.status,
        blob(push.id),
    ];
    update.execute(row).map(drop)
}

fn device(row: &Row<'_>) -> Result<Device> {
    let endpoint = Endpoint::stored(row.get("endpoint")?);
    let keys = DeviceKeys { p256dh: row.get("p256dh")?, auth: row.get("auth")? };
    let text = if row.get("hide_text")? { PushText::Hidden } else { PushText::Shown };
    let created = Timestamp::from_millis(row.get("created")?);
    Ok(Device { session: id(row, "session")?, user: id(row, "user")?, endpoint, keys, text, created })
}

fn push(row: &Row<'_>) -> Result<Push> {
    let unknown = || rusqlite::Error::InvalidColumnType(0, "an outcome".to_owned(), Type::Integer);
    Ok(Push {
        id: id(row, "id")?,
        session: id(row, "session")?,
        user: id(row, "user")?,
        conversation: id(row, "conversation")?,
        seq: row.get("seq")?,
        sender: id(row, "sender")?,
        messages: row.get("messages")?,
        created: Timestamp::from_millis(row.get("created")?),
        decided: Timestamp::from_millis(row.get("decided")?),
        outcome: Outcome::of_number(row.get("outcome")?).ok_or_else(unknown)?,
        tries: row.get("tries")?,
        status: row.get("status")?,
    })
}

fn blob<Of>(id: Id<Of>) -> [u8; 16] {
    *id.as_uuid().as_bytes()
}

fn id<Of>(row: &Row<'_>, column: &str) -> Result<Id<Of>> {
    Ok(Id::from_uuid(Uuid::from_bytes(row.get(column)?)))
}

fn rows(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
