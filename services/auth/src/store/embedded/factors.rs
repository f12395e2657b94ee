//! Second factors in SQLite.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{EmbeddedStore, blob, read_time};
use crate::domain::{Factors, SecretHash, Totp, TotpSecret};
use crate::store::FactorStore;

#[async_trait]
impl FactorStore for EmbeddedStore {
    async fn find(&self, user: UserId) -> Result<Factors, StoreError> {
        let find = move |db: &Connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM totp WHERE user = ?1 AND last_step IS NOT NULL),
                           (SELECT count(*) FROM recovery_codes WHERE user = ?1),
                           (SELECT count(*) FROM passkeys WHERE user = ?1)";
            db.prepare_cached(sql)?.query_row([blob(user)], |row| {
                let count = |column| -> rusqlite::Result<usize> {
                    Ok(usize::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
                };
                Ok(Factors { totp: row.get(0)?, recovery_codes: count(1)?, passkeys: count(2)? })
            })
        };
        self.0.read("find the factors of somebody", find).await
    }

    async fn find_totp(&self, user: UserId) -> Result<Option<Totp>, StoreError> {
        let find = move |db: &Connection| {
            let sql = "SELECT secret, begun, last_step FROM totp WHERE user = ?1";
            db.prepare_cached(sql)?.query_row([blob(user)], read_totp).optional()
        };
        self.0.read("find the app of somebody", find).await
    }

    async fn begin_totp(
        &self,
        user: UserId,
        secret: &TotpSecret,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let secret = secret.clone();
        let begin = move |db: &Connection| {
            let sql = "INSERT INTO totp (user, secret, begun) VALUES (?1, ?2, ?3)
                       ON CONFLICT (user) DO UPDATE SET secret = excluded.secret, begun = excluded.begun
                       WHERE last_step IS NULL";
            let row = params![blob(user), secret.as_bytes(), now.as_millis()];
            Ok(db.prepare_cached(sql)?.execute(row)? == 1)
        };
        self.0.write("keep the app of somebody", begin).await
    }

    async fn enable_totp(&self, user: UserId, secret: &TotpSecret, step: i64) -> Result<bool, StoreError> {
        let secret = secret.clone();
        let enable = move |db: &Connection| {
            let sql = "UPDATE totp SET last_step = ?3 WHERE user = ?1 AND secret = ?2 AND last_step IS NULL";
            Ok(db.prepare_cached(sql)?.execute(params![blob(user), secret.as_bytes(), step])? == 1)
        };
        self.0.write("make the app of somebody a factor", enable).await
    }

    async fn use_totp(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        let use_up = move |db: &Connection| {
            // Nothing is less than what is not there.
            let sql = "UPDATE totp SET last_step = ?2 WHERE user = ?1 AND last_step < ?2";
            Ok(db.prepare_cached(sql)?.execute(params![blob(user), step])? == 1)
        };
        self.0.write("use the code of an app", use_up).await
    }

    async fn remove_totp(&self, user: UserId) -> Result<(), StoreError> {
        let remove = move |db: &Connection| {
            db.prepare_cached("DELETE FROM totp WHERE user = ?1")?.execute([blob(user)]).map(drop)
        };
        self.0.write("forget the app of somebody", remove).await
    }

    async fn replace_recovery_codes(&self, user: UserId, hashes: &[SecretHash]) -> Result<(), StoreError> {
        let hashes = hashes.to_vec();
        let replace = move |db: &Connection| {
            db.prepare_cached("DELETE FROM recovery_codes WHERE user = ?1")?.execute([blob(user)])?;
            for hash in &hashes {
                let sql = "INSERT INTO recovery_codes (user, hash) VALUES (?1, ?2)";
                db.prepare_cached(sql)?.execute(params![blob(user), hash.as_bytes()])?;
            }
            Ok(())
        };
        self.0.write("keep the codes of somebody", replace).await
    }

    async fn take_recovery_code(&self, user: UserId, hash: SecretHash) -> Result<bool, StoreError> {
        let take = move |db: &Connection| {
            let sql = "DELETE FROM recovery_codes WHERE user = ?1 AND hash = ?2";
            Ok(db.prepare_cached(sql)?.execute(params![blob(user), hash.as_bytes()])? == 1)
        };
        self.0.write("use a code of somebody", take).await
    }
}

fn read_totp(row: &Row) -> rusqlite::Result<Totp> {
    let secret: Vec<u8> = row.get(0)?;
    let malformed = || rusqlite::Error::InvalidColumnType(0, "the secret of an app".to_owned(), Type::Blob);
    Ok(Totp {
        secret: TotpSecret::stored(&secret).ok_or_else(malformed)?,
        begun: read_time(row, 1)?,
        last_step: row.get(2)?,
    })
}
