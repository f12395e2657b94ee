//! Letters and their codes in SQLite.

use async_trait::async_trait;
use confab_core::{Id, Timestamp};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::sessions::read_secret_hash;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Email, Letter, LetterKind, MailCode, PasswordHash, SecretHash};
use crate::store::{LetterStore, Posted};

/// How many expired codes a new one takes with it: more than one, so that they
/// get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

#[async_trait]
impl LetterStore for EmbeddedStore {
    async fn post(&self, letter: &Letter, waiting_max: usize) -> Result<Posted, StoreError> {
        let letter = letter.clone();
        let post = move |db: &Connection| {
            // A letter that was sent and has had its time makes room for the next.
            let sql = "DELETE FROM letters WHERE id = ?1 AND sent = 1 AND next <= ?2";
            let key = letter.key();
            db.prepare_cached(sql)?.execute(params![key.as_bytes(), letter.created.as_millis()])?;
            if db.prepare_cached("SELECT 1 FROM letters WHERE id = ?1")?.exists([key.as_bytes()])? {
                return Ok(Posted::Yes);
            }
            let sql = "SELECT count(*) >= ?1 FROM (SELECT 1 FROM letters LIMIT ?1)";
            let is_full = [limit(waiting_max)];
            if db.prepare_cached(sql)?.query_row(is_full, |row| row.get(0))? {
                return Ok(Posted::Full);
            }
            insert_row(db, &letter)?;
            Ok(Posted::Yes)
        };
        self.0.write("post a letter", post).await
    }

    async fn claim(&self, now: Timestamp) -> Result<Option<Letter>, StoreError> {
        // Most of the time there is none, and a look costs no write.
        let due = move |db: &Connection| {
            db.prepare_cached("SELECT 1 FROM letters WHERE next <= ?1")?.exists([now.as_millis()])
        };
        if !self.0.read("look for a letter", due).await? {
            return Ok(None);
        }
        let claim = move |db: &Connection| {
            let sql = "DELETE FROM letters WHERE sent = 1 AND next <= ?1";
            db.prepare_cached(sql)?.execute([now.as_millis()])?;
            let sql = "SELECT kind, recipient, user, about, created, next, tries, sent FROM letters
                       WHERE next <= ?1 ORDER BY next, id LIMIT 1";
            let found = db.prepare_cached(sql)?.query_row([now.as_millis()], read_letter).optional()?;
            let claimed = found.map(|letter| letter.tried(now));
            claimed.map(|letter| update_row(db, &letter).map(|()| letter)).transpose()
        };
        self.0.write("claim a letter", claim).await
    }

    async fn list_unsent(&self, limit: usize) -> Result<(Vec<Letter>, usize), StoreError> {
        let list = move |db: &Connection| {
            let sql = "SELECT kind, recipient, user, about, created, next, tries, sent FROM letters
                       WHERE sent = 0 ORDER BY next, id LIMIT ?1";
            let mut query = db.prepare_cached(sql)?;
            let letters = query.query_map([super::limit(limit)], read_letter)?.collect::<Result<_, _>>()?;
            let sql = "SELECT count(*) FROM letters WHERE sent = 0";
            let count: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            Ok((letters, usize::try_from(count).unwrap_or(usize::MAX)))
        };
        self.0.read("list the letters that were not sent", list).await
    }

    async fn update(&self, letter: &Letter) -> Result<(), StoreError> {
        let letter = letter.clone();
        self.0.write("note what became of a letter", move |db| update_row(db, &letter)).await
    }

    async fn delete(&self, key: SecretHash) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            db.prepare_cached("DELETE FROM letters WHERE id = ?1")?.execute([key.as_bytes()]).map(drop)
        };
        self.0.write("remove a letter", delete).await
    }

    async fn keep_code(&self, code: &MailCode) -> Result<(), StoreError> {
        let code = code.clone();
        let keep = move |db: &Connection| {
            let sql = "INSERT INTO mail_codes (user, kind, hash, email, expires) VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (user, kind) DO UPDATE SET hash = excluded.hash,
                           email = excluded.email, expires = excluded.expires";
            db.prepare_cached(sql)?.execute(params![
                blob(code.user),
                code.kind.word(),
                code.hash.as_bytes(),
                code.email.as_str(),
                code.expires.as_millis(),
            ])?;
            // By the time that this one begins, what ends a lifetime before it is over.
            let lifetime = i64::try_from(MailCode::LIFETIME.as_millis()).unwrap_or(i64::MAX);
            let over = code.expires.as_millis().saturating_sub(lifetime);
            let sql = "DELETE FROM mail_codes WHERE hash IN
                           (SELECT hash FROM mail_codes WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            db.prepare_cached(sql)?.execute([over, EXPIRED_REMOVED_MAX]).map(drop)
        };
        self.0.write("keep the code of a letter", keep).await
    }

    async fn find_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        self.0.read("find the code of a letter", move |db| select_code(db, hash, kind, now)).await
    }

    async fn take_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        let take = move |db: &Connection| {
            let found = select_code(db, hash, kind, now)?;
            if found.is_some() {
                db.prepare_cached("DELETE FROM mail_codes WHERE hash = ?1")?.execute([hash.as_bytes()])?;
            }
            Ok(found)
        };
        self.0.write("use the code of a letter", take).await
    }

    async fn reset_password(
        &self,
        hash: SecretHash,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        let new = new.clone();
        let reset = move |db: &Connection| {
            let found = select_code(db, hash, LetterKind::ResetPassword, now)?;
            let Some(code) = found else { return Ok(None) };
            let sql = "UPDATE users SET password = ?3 WHERE id = ?1 AND email = ?2";
            let theirs = params![blob(code.user), code.email.as_str(), new.as_str()];
            if db.prepare_cached(sql)?.execute(theirs)? == 0 {
                return Ok(None);
            }
            db.prepare_cached("DELETE FROM mail_codes WHERE hash = ?1")?.execute([hash.as_bytes()])?;
            Ok(Some(code))
        };
        self.0.write("set a password anew", reset).await
    }
}

fn insert_row(db: &Connection, letter: &Letter) -> rusqlite::Result<()> {
    let sql = "INSERT INTO letters (id, kind, recipient, user, about, created, next, tries, sent)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let key = letter.key();
    let row = params![
        key.as_bytes(),
        letter.kind.word(),
        letter.to.as_str(),
        letter.user.map(blob),
        letter.about,
        letter.created.as_millis(),
        letter.next.as_millis(),
        letter.tries,
        letter.sent,
    ];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

fn update_row(db: &Connection, letter: &Letter) -> rusqlite::Result<()> {
    let sql = "UPDATE letters SET next = ?2, tries = ?3, sent = ?4 WHERE id = ?1";
    let key = letter.key();
    let row = params![key.as_bytes(), letter.next.as_millis(), letter.tries, letter.sent];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

fn select_code(
    db: &Connection,
    hash: SecretHash,
    kind: LetterKind,
    now: Timestamp,
) -> rusqlite::Result<Option<MailCode>> {
    let sql = "SELECT user, kind, hash, email, expires FROM mail_codes
               WHERE hash = ?1 AND kind = ?2 AND expires > ?3";
    let key = params![hash.as_bytes(), kind.word(), now.as_millis()];
    db.prepare_cached(sql)?.query_row(key, read_code).optional()
}

fn read_letter(row: &Row) -> rusqlite::Result<Letter> {
    let user = row.get::<_, Option<[u8; 16]>>(2)?;
    Ok(Letter {
        kind: read_kind(row, 0)?,
        to: Email::stored(row.get(1)?),
        user: user.map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes))),
        about: row.get(3)?,
        created: read_time(row, 4)?,
        next: read_time(row, 5)?,
        tries: row.get(6)?,
        sent: row.get(7)?,
    })
}

fn read_code(row: &Row) -> rusqlite::Result<MailCode> {
    Ok(MailCode {
        user: read_id(row, 0)?,
        kind: read_kind(row, 1)?,
        hash: read_secret_hash(row, 2)?,
        email: Email::stored(row.get(3)?),
        expires: read_time(row, 4)?,
    })
}

fn read_kind(row: &Row, column: usize) -> rusqlite::Result<LetterKind> {
    let word: String = row.get(column)?;
    let unknown = || rusqlite::Error::InvalidColumnType(column, "a kind of letter".to_owned(), Type::Text);
    LetterKind::of_word(&word).ok_or_else(unknown)
}
