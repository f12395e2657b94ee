//! Challenges in SQLite.

use async_trait::async_trait;
use confab_core::Timestamp;
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::sessions::{read_hash, read_secret_hash};
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Challenge, SecretHash};
use crate::store::ChallengeStore;

/// How many expired challenges a new one takes with it: more than one, so that
/// they get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

#[async_trait]
impl ChallengeStore for EmbeddedStore {
    async fn insert(&self, challenge: &Challenge) -> Result<(), StoreError> {
        let challenge = challenge.clone();
        let insert = move |db: &Connection| {
            insert_row(db, &challenge)?;
            let sql = "DELETE FROM challenges WHERE user = ?1 AND hash IN
                           (SELECT hash FROM challenges WHERE user = ?1
                            ORDER BY expires DESC, hash DESC LIMIT -1 OFFSET ?2)";
            let too_many = params![blob(challenge.user), limit(Challenge::PER_USER_MAX)];
            db.prepare_cached(sql)?.execute(too_many)?;

            // By the time that this one begins, what ends a lifetime before it is over.
            let lifetime = i64::try_from(Challenge::LIFETIME.as_millis()).unwrap_or(i64::MAX);
            let over = challenge.expires.as_millis().saturating_sub(lifetime);
            let sql = "DELETE FROM challenges WHERE hash IN
                           (SELECT hash FROM challenges WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            db.prepare_cached(sql)?.execute([over, EXPIRED_REMOVED_MAX]).map(drop)
        };
        self.0.write("keep a challenge", insert).await
    }

    async fn count_try(&self, hash: SecretHash, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
        let count = move |db: &Connection| {
            let sql = "UPDATE challenges SET tries = tries + 1
                       WHERE hash = ?1 AND expires > ?2 AND tries < ?3
                       RETURNING hash, user, device, password, tries, expires";
            let good = params![hash.as_bytes(), now.as_millis(), Challenge::TRIES_MAX];
            db.prepare_cached(sql)?.query_row(good, read_challenge).optional()
        };
        self.0.write("count a try of a challenge", count).await
    }

    async fn take(&self, hash: SecretHash) -> Result<bool, StoreError> {
        let take = move |db: &Connection| {
            let sql = "DELETE FROM challenges WHERE hash = ?1";
            Ok(db.prepare_cached(sql)?.execute([hash.as_bytes()])? == 1)
        };
        self.0.write("take a challenge", take).await
    }
}

fn insert_row(db: &Connection, challenge: &Challenge) -> rusqlite::Result<()> {
    let sql = "INSERT INTO challenges (hash, user, device, password, tries, expires)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        challenge.hash.as_bytes(),
        blob(challenge.user),
        challenge.device.as_ref().map(SecretHash::as_bytes),
        challenge.password.as_ref().map(SecretHash::as_bytes),
        challenge.tries,
        challenge.expires.as_millis(),
    ];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

fn read_challenge(row: &Row) -> rusqlite::Result<Challenge> {
    Ok(Challenge {
        hash: read_secret_hash(row, 0)?,
        user: read_id(row, 1)?,
        device: read_hash(row, 2)?,
        password: read_hash(row, 3)?,
        tries: row.get(4)?,
        expires: read_time(row, 5)?,
    })
}
