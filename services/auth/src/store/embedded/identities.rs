//! Log-ins with others in SQLite.

use async_trait::async_trait;
use confab_core::{Id, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::sessions::read_secret_hash;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Attempt, Identity, IdentityId, ProviderId, SecretHash};
use crate::store::{IdentityStore, Linked};

/// How many expired attempts a new one takes with it: more than one, so that they
/// get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

#[async_trait]
impl IdentityStore for EmbeddedStore {
    async fn link(&self, identity: &Identity) -> Result<Linked, StoreError> {
        let identity = identity.clone();
        let link = move |db: &Connection| {
            let sql = "SELECT count(*) >= ?2 FROM identities WHERE user = ?1";
            let full = params![blob(identity.user), limit(Identity::PER_USER_MAX)];
            if db.prepare_cached(sql)?.query_row(full, |row| row.get(0))? {
                return Ok(Linked::TooMany);
            }
            let sql = "INSERT INTO identities (id, user, provider, subject, email, created)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (provider, subject) DO NOTHING";
            let rows = db.prepare_cached(sql)?.execute(params![
                blob(identity.id),
                blob(identity.user),
                identity.provider.as_str(),
                identity.subject,
                identity.email,
                identity.created.as_millis(),
            ])?;
            Ok(if rows == 1 { Linked::Yes } else { Linked::Taken })
        };
        self.0.write("link an identity", link).await
    }

    async fn find_identity(
        &self,
        provider: &ProviderId,
        subject: &str,
    ) -> Result<Option<Identity>, StoreError> {
        let (provider, subject) = (provider.clone(), subject.to_owned());
        let find = move |db: &Connection| {
            let sql = "SELECT id, user, provider, subject, email, created FROM identities
                       WHERE provider = ?1 AND subject = ?2";
            let key = params![provider.as_str(), subject];
            db.prepare_cached(sql)?.query_row(key, read_identity).optional()
        };
        self.0.read("find an identity", find).await
    }

    async fn list_identities(&self, user: UserId) -> Result<Vec<Identity>, StoreError> {
        let list = move |db: &Connection| {
            let sql = "SELECT id, user, provider, subject, email, created FROM identities
                       WHERE user = ?1 ORDER BY id LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            let theirs = params![blob(user), limit(2 * Identity::PER_USER_MAX)];
            query.query_map(theirs, read_identity)?.collect()
        };
        self.0.read("list the identities of somebody", list).await
    }

    async fn unlink(&self, user: UserId, id: IdentityId) -> Result<(), StoreError> {
        let unlink = move |db: &Connection| {
            let sql = "DELETE FROM identities WHERE id = ?1 AND user = ?2";
            db.prepare_cached(sql)?.execute(params![blob(id), blob(user)]).map(drop)
        };
        self.0.write("unlink an identity", unlink).await
    }

    async fn begin_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let attempt = attempt.clone();
        let begin = move |db: &Connection| {
            let sql = "INSERT INTO attempts (state, binding, provider, user, expires)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let expires = attempt.expires.as_millis();
            db.prepare_cached(sql)?.execute(params![
                attempt.state.as_bytes(),
                attempt.binding.as_bytes(),
                attempt.provider.as_str(),
                attempt.user.map(blob),
                expires,
            ])?;
            // By the time that this one begins, what ends a lifetime before it is over.
            let lifetime = i64::try_from(Attempt::LIFETIME.as_millis()).unwrap_or(i64::MAX);
            let sql = "DELETE FROM attempts WHERE state IN
                           (SELECT state FROM attempts WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            let over = [expires.saturating_sub(lifetime), EXPIRED_REMOVED_MAX];
            db.prepare_cached(sql)?.execute(over).map(drop)
        };
        self.0.write("keep who was sent to a provider", begin).await
    }

    async fn take_attempt(&self, state: SecretHash, now: Timestamp) -> Result<Option<Attempt>, StoreError> {
        let take = move |db: &Connection| {
            let sql = "DELETE FROM attempts WHERE state = ?1 AND expires > ?2
                       RETURNING state, binding, provider, user, expires";
            let good = params![state.as_bytes(), now.as_millis()];
            db.prepare_cached(sql)?.query_row(good, read_attempt).optional()
        };
        self.0.write("take who comes back from a provider", take).await
    }
}

fn read_identity(row: &Row) -> rusqlite::Result<Identity> {
    Ok(Identity {
        id: read_id(row, 0)?,
        user: read_id(row, 1)?,
        provider: ProviderId::stored(row.get(2)?),
        subject: row.get(3)?,
        email: row.get(4)?,
        created: read_time(row, 5)?,
    })
}

fn read_attempt(row: &Row) -> rusqlite::Result<Attempt> {
    let user = row.get::<_, Option<[u8; 16]>>(3)?;
    Ok(Attempt {
        state: read_secret_hash(row, 0)?,
        binding: read_secret_hash(row, 1)?,
        provider: ProviderId::stored(row.get(2)?),
        user: user.map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes))),
        expires: read_time(row, 4)?,
    })
}
