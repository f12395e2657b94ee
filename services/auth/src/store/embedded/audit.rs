//! The audit log in SQLite.

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{Id, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Actor, AddressPrefix, AuditCursor, AuditEntry};
use crate::store::AuditStore;

/// How many expired entries a new one takes with it: more than one, so that they
/// get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

/// What [`read_entry`] reads.
const COLUMNS: &str = "id, time, expires, kind, actor_kind, actor, subject, network, about";

#[async_trait]
impl AuditStore for EmbeddedStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        let append = move |db: &Connection| {
            insert(db, &entry)?;
            let sql = "DELETE FROM audit WHERE rowid IN
                           (SELECT rowid FROM audit WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            db.prepare_cached(sql)?.execute([entry.time.as_millis(), EXPIRED_REMOVED_MAX])?;
            // Rows are numbered as they come, so this counts without counting.
            let sql = "DELETE FROM audit WHERE rowid <= (SELECT max(rowid) FROM audit) - ?1";
            let kept = i64::try_from(AuditEntry::COUNT_MAX).unwrap_or(i64::MAX);
            db.prepare_cached(sql)?.execute([kept]).map(drop)
        };
        self.0.write("keep an entry of the audit log", append).await
    }

    async fn list(
        &self,
        person: Option<UserId>,
        page: Page<AuditCursor>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let list = move |db: &Connection| {
            // No id comes after the greatest.
            let before = page.after.map_or([u8::MAX; 16], |after| after.id.into_bytes());
            let size = limit(page.size);
            match person {
                None => {
                    let sql = format!("SELECT {COLUMNS} FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
                    db.prepare_cached(&sql)?.query_map(params![before, size], read_entry)?.collect()
                }
                Some(person) => {
                    let half = |column| {
                        format!(
                            "SELECT * FROM (SELECT {COLUMNS} FROM audit WHERE {column} = ?3 AND id < ?1
                                            ORDER BY id DESC LIMIT ?2)"
                        )
                    };
                    let (by, about) = (half("actor"), half("subject"));
                    let sql = format!("{by} UNION {about} ORDER BY id DESC LIMIT ?2");
                    let theirs = params![before, size, blob(person)];
                    db.prepare_cached(&sql)?.query_map(theirs, read_entry)?.collect()
                }
            }
        };
        self.0.read("list the audit log", list).await
    }
}

fn insert(db: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO audit ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    let row = params![
        blob(entry.id),
        entry.time.as_millis(),
        entry.expires.as_millis(),
        entry.kind,
        entry.actor.word(),
        entry.actor.person().map(blob),
        entry.subject.map(blob),
        entry.network.as_ref().map(AddressPrefix::as_str),
        entry.about,
    ];
    db.prepare_cached(&sql)?.execute(row).map(drop)
}

fn read_entry(row: &Row) -> rusqlite::Result<AuditEntry> {
    let word: String = row.get(4)?;
    let unknown = || rusqlite::Error::InvalidColumnType(4, "an actor".to_owned(), Type::Text);
    Ok(AuditEntry {
        id: read_id(row, 0)?,
        time: read_time(row, 1)?,
        expires: read_time(row, 2)?,
        kind: row.get(3)?,
        actor: Actor::of_word(&word, read_person(row, 5)?).ok_or_else(unknown)?,
        subject: read_person(row, 6)?,
        network: row.get::<_, Option<String>>(7)?.map(AddressPrefix::stored),
        about: row.get(8)?,
    })
}

fn read_person(row: &Row, column: usize) -> rusqlite::Result<Option<UserId>> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes))))
}
