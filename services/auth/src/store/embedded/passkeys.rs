//! Passkeys, and what they were asked to sign, in SQLite.

use async_trait::async_trait;
use confab_core::{Id, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::sessions::read_secret_hash;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Ceremony, CredentialId, DeviceName, Passkey, PasskeyId, Purpose, SecretHash};
use crate::store::{Added, CeremonyStore, PasskeyStore};

/// How many expired ceremonies a new one takes with it: more than one, so that
/// they get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

/// What [`read_passkey`] reads.
const COLUMNS: &str = "id, user, name, credential, public_key, algorithm, counter, backup_eligible,
    backed_up, created, used";

#[async_trait]
impl PasskeyStore for EmbeddedStore {
    async fn insert(&self, passkey: &Passkey) -> Result<Added, StoreError> {
        let passkey = passkey.clone();
        let insert = move |db: &Connection| {
            let sql = "SELECT count(*) >= ?2 FROM passkeys WHERE user = ?1";
            let full = params![blob(passkey.user), limit(Passkey::PER_USER_MAX)];
            if db.prepare_cached(sql)?.query_row(full, |row| row.get(0))? {
                return Ok(Added::TooMany);
            }
            let sql = format!(
                "INSERT INTO passkeys ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (credential) DO NOTHING"
            );
            let rows = db.prepare_cached(&sql)?.execute(params![
                blob(passkey.id),
                blob(passkey.user),
                passkey.name.as_str(),
                passkey.credential.as_bytes(),
                passkey.public_key,
                passkey.algorithm,
                passkey.counter,
                passkey.backup_eligible,
                passkey.backed_up,
                passkey.created.as_millis(),
                passkey.used.map(Timestamp::as_millis),
            ])?;
            Ok(if rows == 1 { Added::Yes } else { Added::Taken })
        };
        self.0.write("add a passkey", insert).await
    }

    async fn list(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        let list = move |db: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM passkeys WHERE user = ?1 ORDER BY id LIMIT ?2");
            let mut query = db.prepare_cached(&sql)?;
            let theirs = params![blob(user), limit(2 * Passkey::PER_USER_MAX)];
            query.query_map(theirs, read_passkey)?.collect()
        };
        self.0.read("list the passkeys of somebody", list).await
    }

    async fn find_by_credential(&self, credential: &CredentialId) -> Result<Option<Passkey>, StoreError> {
        let credential = credential.clone();
        let find = move |db: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM passkeys WHERE credential = ?1");
            db.prepare_cached(&sql)?.query_row([credential.as_bytes()], read_passkey).optional()
        };
        self.0.read("find a passkey", find).await
    }

    async fn note_use(
        &self,
        id: PasskeyId,
        counter: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let note = move |db: &Connection| {
            let sql = "UPDATE passkeys SET counter = ?2, backed_up = ?3, used = ?4
                       WHERE id = ?1 AND (counter < ?2 OR (counter = 0 AND ?2 = 0))";
            let row = params![blob(id), counter, backed_up, now.as_millis()];
            Ok(db.prepare_cached(sql)?.execute(row)? == 1)
        };
        self.0.write("note the use of a passkey", note).await
    }

    async fn rename(&self, user: UserId, id: PasskeyId, name: &DeviceName) -> Result<bool, StoreError> {
        let name = name.clone();
        let rename = move |db: &Connection| {
            let sql = "UPDATE passkeys SET name = ?3 WHERE id = ?1 AND user = ?2";
            Ok(db.prepare_cached(sql)?.execute(params![blob(id), blob(user), name.as_str()])? == 1)
        };
        self.0.write("rename a passkey", rename).await
    }

    async fn delete(&self, user: UserId, id: PasskeyId) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            let sql = "DELETE FROM passkeys WHERE id = ?1 AND user = ?2";
            db.prepare_cached(sql)?.execute(params![blob(id), blob(user)]).map(drop)
        };
        self.0.write("remove a passkey", delete).await
    }
}

#[async_trait]
impl CeremonyStore for EmbeddedStore {
    async fn insert(&self, ceremony: &Ceremony) -> Result<(), StoreError> {
        let ceremony = *ceremony;
        let insert = move |db: &Connection| {
            let sql = "INSERT INTO ceremonies (hash, purpose, user, expires) VALUES (?1, ?2, ?3, ?4)";
            let (purpose, expires) = (ceremony.purpose.word(), ceremony.expires.as_millis());
            let row = params![ceremony.hash.as_bytes(), purpose, ceremony.user.map(blob), expires];
            db.prepare_cached(sql)?.execute(row)?;
            // By the time that this one begins, what ends a lifetime before it is over.
            let lifetime = i64::try_from(Ceremony::LIFETIME.as_millis()).unwrap_or(i64::MAX);
            let sql = "DELETE FROM ceremonies WHERE hash IN
                           (SELECT hash FROM ceremonies WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            let over = [expires.saturating_sub(lifetime), EXPIRED_REMOVED_MAX];
            db.prepare_cached(sql)?.execute(over).map(drop)
        };
        self.0.write("keep what a passkey was asked", insert).await
    }

    async fn take(
        &self,
        hash: SecretHash,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<Ceremony>, StoreError> {
        let take = move |db: &Connection| {
            let sql = "DELETE FROM ceremonies WHERE hash = ?1 AND purpose = ?2 AND expires > ?3
                       RETURNING hash, purpose, user, expires";
            let good = params![hash.as_bytes(), purpose.word(), now.as_millis()];
            db.prepare_cached(sql)?.query_row(good, read_ceremony).optional()
        };
        self.0.write("take what a passkey was asked", take).await
    }
}

fn read_passkey(row: &Row) -> rusqlite::Result<Passkey> {
    let malformed = || rusqlite::Error::InvalidColumnType(3, "the name of a passkey".to_owned(), Type::Blob);
    Ok(Passkey {
        id: read_id(row, 0)?,
        user: read_id(row, 1)?,
        name: DeviceName::stored(row.get(2)?),
        credential: CredentialId::new(row.get(3)?).ok_or_else(malformed)?,
        public_key: row.get(4)?,
        algorithm: row.get(5)?,
        counter: row.get(6)?,
        backup_eligible: row.get(7)?,
        backed_up: row.get(8)?,
        created: read_time(row, 9)?,
        used: row.get::<_, Option<i64>>(10)?.map(Timestamp::from_millis),
    })
}

fn read_ceremony(row: &Row) -> rusqlite::Result<Ceremony> {
    let word: String = row.get(1)?;
    let unknown = || rusqlite::Error::InvalidColumnType(1, "a purpose".to_owned(), Type::Text);
    let user = row.get::<_, Option<[u8; 16]>>(2)?;
    Ok(Ceremony {
        hash: read_secret_hash(row, 0)?,
        purpose: Purpose::of_word(&word).ok_or_else(unknown)?,
        user: user.map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes))),
        expires: read_time(row, 3)?,
    })
}
