//! Sessions in SQLite.

use async_trait::async_trait;
use confab_core::{SessionId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{
    AddressPrefix, Device, DeviceName, Revocation, Rotation, Salt, SecretHash, Session, Turn,
};
use crate::store::{SESSIONS_PER_USER_MAX, SessionStore};

/// How many expired sessions a new one takes with it: more than one, so that
/// they get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

/// What [`read_session`] reads.
const COLUMNS: &str = "id, user, secret_hash, created, used, expires, device_name, address_prefix,
    refresh_hash, last_refresh_hash, last_refresh_salt, last_refresh_time, confirmed";

#[async_trait]
impl SessionStore for EmbeddedStore {
    async fn insert(&self, session: &Session) -> Result<(), StoreError> {
        let session = session.clone();
        let insert = move |db: &Connection| {
            insert_row(db, &session)?;
            let sql = "SELECT id FROM sessions WHERE user = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2";
            let too_many = params![blob(session.user), limit(SESSIONS_PER_USER_MAX)];
            let too_many = ids(db, sql, too_many)?;
            end(db, &too_many, session.created)?;

            let sql = "DELETE FROM sessions WHERE id IN
                           (SELECT id FROM sessions WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            db.prepare_cached(sql)?.execute([session.created.as_millis(), EXPIRED_REMOVED_MAX]).map(drop)
        };
        self.0.write("start a session", insert).await
    }

    async fn find(&self, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let find = move |db: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = ?1 AND expires > ?2");
            db.prepare_cached(&sql)?.query_row(params![blob(id), now.as_millis()], read_session).optional()
        };
        self.0.read("find a session", find).await
    }

    async fn filter_live(&self, ids: &[SessionId], now: Timestamp) -> Result<Vec<SessionId>, StoreError> {
        let ids = ids.to_vec();
        let filter = move |db: &Connection| {
            let mut query = db.prepare_cached("SELECT 1 FROM sessions WHERE id = ?1 AND expires > ?2")?;
            let mut live = Vec::with_capacity(ids.len());
            for id in ids {
                if query.exists(params![blob(id), now.as_millis()])? {
                    live.push(id);
                }
            }
            Ok(live)
        };
        self.0.read("see which sessions have not ended", filter).await
    }

    async fn find_by_secret(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let find = move |db: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM sessions WHERE secret_hash = ?1 AND expires > ?2");
            let key = params![secret.as_bytes(), now.as_millis()];
            db.prepare_cached(&sql)?.query_row(key, read_session).optional()
        };
        self.0.read("find a session by its secret", find).await
    }

    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let list = move |db: &Connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM sessions WHERE user = ?1 AND expires > ?2 ORDER BY id DESC LIMIT ?3"
            );
            let mut query = db.prepare_cached(&sql)?;
            let theirs = params![blob(user), now.as_millis(), limit(SESSIONS_PER_USER_MAX)];
            query.query_map(theirs, read_session)?.collect()
        };
        self.0.read("list the sessions of somebody", list).await
    }

    async fn turn(&self, session: &Session, used: SecretHash) -> Result<bool, StoreError> {
        let session = session.clone();
        let turn = move |db: &Connection| {
            let rotation = session.rotation.as_ref();
            let last = rotation.and_then(|rotation| rotation.last.as_ref());
            let sql = "UPDATE sessions SET refresh_hash = ?3, last_refresh_hash = ?4, last_refresh_salt = ?5,
                           last_refresh_time = ?6, used = ?7, expires = ?8, address_prefix = ?9
                       WHERE id = ?1 AND refresh_hash = ?2";
            let rows = db.prepare_cached(sql)?.execute(params![
                blob(session.id),
                used.as_bytes(),
                rotation.map(|rotation| rotation.current.as_bytes()),
                last.map(|turn| turn.used.as_bytes()),
                last.map(|turn| turn.salt.as_bytes()),
                last.map(|turn| turn.at.as_millis()),
                session.used.as_millis(),
                session.expires.as_millis(),
                session.device.address.as_ref().map(AddressPrefix::as_str),
            ])?;
            Ok(rows == 1)
        };
        self.0.write("refresh a session", turn).await
    }

    async fn touch(
        &self,
        id: SessionId,
        address: Option<AddressPrefix>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let touch = move |db: &Connection| {
            let sql = "UPDATE sessions SET used = ?2, address_prefix = ?3 WHERE id = ?1";
            let address = address.as_ref().map(AddressPrefix::as_str);
            db.prepare_cached(sql)?.execute(params![blob(id), now.as_millis(), address]).map(drop)
        };
        self.0.write("note the use of a session", touch).await
    }

    async fn confirm(&self, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
        let confirm = move |db: &Connection| {
            let sql = "UPDATE sessions SET confirmed = ?2 WHERE id = ?1 AND expires > ?2";
            Ok(db.prepare_cached(sql)?.execute(params![blob(id), now.as_millis()])? == 1)
        };
        self.0.write("note who somebody is", confirm).await
    }

    async fn delete(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            let found = ids(db, "SELECT id FROM sessions WHERE id = ?1", [blob(id)])?;
            end(db, &found, now)
        };
        self.0.write("end a session", delete).await
    }

    async fn delete_others(&self, user: UserId, kept: SessionId, now: Timestamp) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            let sql = "SELECT id FROM sessions WHERE user = ?1 AND id <> ?2";
            let others = ids(db, sql, [blob(user), blob(kept)])?;
            end(db, &others, now)
        };
        self.0.write("end the other sessions of somebody", delete).await
    }

    async fn ended_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Revocation>, StoreError> {
        let list = move |db: &Connection| {
            let sql =
                "SELECT session, time FROM revocations WHERE time >= ?1 ORDER BY time, session LIMIT ?2";
            let read = |row: &Row| Ok(Revocation { session: read_id(row, 0)?, time: read_time(row, 1)? });
            let mut query = db.prepare_cached(sql)?;
            query.query_map(params![since.as_millis(), super::limit(limit)], read)?.collect()
        };
        self.0.read("list the sessions that were ended", list).await
    }
}

/// The ids that `sql` finds.
fn ids(db: &Connection, sql: &str, found_by: impl Params) -> rusqlite::Result<Vec<[u8; 16]>> {
    let mut query = db.prepare_cached(sql)?;
    query.query_map(found_by, |row| row.get(0))?.collect()
}

/// Removes sessions, and notes that they were ended, for as long as that matters.
fn end(db: &Connection, sessions: &[[u8; 16]], now: Timestamp) -> rusqlite::Result<()> {
    for id in sessions {
        let sql = "INSERT INTO revocations (session, time) VALUES (?1, ?2) ON CONFLICT (session) DO NOTHING";
        db.prepare_cached(sql)?.execute(params![id, now.as_millis()])?;
        db.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])?;
    }
    let kept_max = i64::try_from(Revocation::TOKEN_TIME_MAX.as_millis()).unwrap_or(i64::MAX);
    let over = now.as_millis().saturating_sub(kept_max);
    db.prepare_cached("DELETE FROM revocations WHERE time < ?1")?.execute([over]).map(drop)
}

fn insert_row(db: &Connection, session: &Session) -> rusqlite::Result<()> {
    let sql = "INSERT INTO sessions (id, user, secret_hash, created, used, expires, device_name,
                   address_prefix, refresh_hash, confirmed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let row = params![
        blob(session.id),
        blob(session.user),
        session.secret_hash.as_bytes(),
        session.created.as_millis(),
        session.used.as_millis(),
        session.expires.as_millis(),
        session.device.name.as_str(),
        session.device.address.as_ref().map(AddressPrefix::as_str),
        session.rotation.as_ref().map(|rotation| rotation.current.as_bytes()),
        session.confirmed.map(Timestamp::as_millis),
    ];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

fn read_session(row: &Row) -> rusqlite::Result<Session> {
    let name = DeviceName::stored(row.get(6)?);
    let address = row.get::<_, Option<String>>(7)?.map(AddressPrefix::stored);
    Ok(Session {
        id: read_id(row, 0)?,
        user: read_id(row, 1)?,
        secret_hash: read_secret_hash(row, 2)?,
        created: read_time(row, 3)?,
        used: read_time(row, 4)?,
        expires: read_time(row, 5)?,
        device: Device { name, address },
        rotation: read_rotation(row)?,
        confirmed: row.get::<_, Option<i64>>(12)?.map(Timestamp::from_millis),
    })
}

fn read_rotation(row: &Row) -> rusqlite::Result<Option<Rotation>> {
    let Some(current) = read_hash(row, 8)? else { return Ok(None) };
    let last = match read_hash(row, 9)? {
        Some(used) => {
            let salt: Vec<u8> = row.get(10)?;
            let salt = Salt::stored(&salt).ok_or_else(|| malformed(10))?;
            Some(Turn { used, salt, at: read_time(row, 11)? })
        }
        None => None,
    };
    Ok(Some(Rotation { current, last }))
}

/// A hash that may be there.
pub(super) fn read_hash(row: &Row, column: usize) -> rusqlite::Result<Option<SecretHash>> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    bytes.map(|bytes| SecretHash::stored(&bytes).ok_or_else(|| malformed(column))).transpose()
}

/// A hash that has to be there.
pub(super) fn read_secret_hash(row: &Row, column: usize) -> rusqlite::Result<SecretHash> {
    read_hash(row, column)?.ok_or_else(|| malformed(column))
}

/// What a column is that does not have the 32 bytes it should.
fn malformed(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "a hash or a salt".to_owned(), Type::Blob)
}
