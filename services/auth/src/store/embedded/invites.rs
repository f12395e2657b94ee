//! Invitations in SQLite.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::sessions::read_secret_hash;
use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Invite, InviteId, SecretHash};
use crate::store::{InviteStore, Invited};

/// How many expired invitations a new one takes with it: more than one, so that
/// they get fewer; not all, so that nobody waits for a long clean-up.
const EXPIRED_REMOVED_MAX: i64 = 100;

#[async_trait]
impl InviteStore for EmbeddedStore {
    async fn insert(&self, invite: &Invite) -> Result<Invited, StoreError> {
        let invite = *invite;
        let insert = move |db: &Connection| {
            let sql = "DELETE FROM invites WHERE id IN
                           (SELECT id FROM invites WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";
            db.prepare_cached(sql)?.execute([invite.created.as_millis(), EXPIRED_REMOVED_MAX])?;

            if select(db, invite.creator, invite.created)?.len() >= Invite::PER_USER_MAX {
                return Ok(Invited::TooMany);
            }
            let sql = "INSERT INTO invites (id, code_hash, creator, created, expires, uses, uses_max)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            db.prepare_cached(sql)?.execute(params![
                blob(invite.id),
                invite.code_hash.as_bytes(),
                blob(invite.creator),
                invite.created.as_millis(),
                invite.expires.as_millis(),
                invite.uses,
                invite.uses_max,
            ])?;
            Ok(Invited::Yes)
        };
        self.0.write("store an invitation", insert).await
    }

    async fn list(&self, creator: UserId, now: Timestamp) -> Result<Vec<Invite>, StoreError> {
        self.0.read("list the invitations of somebody", move |db| select(db, creator, now)).await
    }

    async fn find(&self, code: SecretHash) -> Result<Option<Invite>, StoreError> {
        let find = move |db: &Connection| {
            let sql = "SELECT id, code_hash, creator, created, expires, uses, uses_max
                       FROM invites WHERE code_hash = ?1";
            db.prepare_cached(sql)?.query_row([code.as_bytes()], read_invite).optional()
        };
        self.0.read("find an invitation", find).await
    }

    async fn take(&self, code: SecretHash, now: Timestamp) -> Result<bool, StoreError> {
        let take = move |db: &Connection| {
            let sql = "UPDATE invites SET uses = uses + 1
                       WHERE code_hash = ?1 AND expires > ?2 AND uses < uses_max";
            Ok(db.prepare_cached(sql)?.execute(params![code.as_bytes(), now.as_millis()])? == 1)
        };
        self.0.write("use an invitation", take).await
    }

    async fn give_back(&self, code: SecretHash) -> Result<(), StoreError> {
        let give_back = move |db: &Connection| {
            let sql = "UPDATE invites SET uses = uses - 1 WHERE code_hash = ?1 AND uses > 0";
            db.prepare_cached(sql)?.execute([code.as_bytes()]).map(drop)
        };
        self.0.write("give an invitation back", give_back).await
    }

    async fn delete(&self, creator: UserId, id: InviteId) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            let sql = "DELETE FROM invites WHERE id = ?1 AND creator = ?2";
            db.prepare_cached(sql)?.execute([blob(id), blob(creator)]).map(drop)
        };
        self.0.write("take an invitation back", delete).await
    }
}

/// The invitations of `creator` that can be used at `now`, the latest first.
fn select(db: &Connection, creator: UserId, now: Timestamp) -> rusqlite::Result<Vec<Invite>> {
    let sql = "SELECT id, code_hash, creator, created, expires, uses, uses_max FROM invites
               WHERE creator = ?1 AND expires > ?2 AND uses < uses_max ORDER BY id DESC LIMIT ?3";
    let mut query = db.prepare_cached(sql)?;
    let theirs = params![blob(creator), now.as_millis(), limit(Invite::PER_USER_MAX)];
    query.query_map(theirs, read_invite)?.collect()
}

fn read_invite(row: &Row) -> rusqlite::Result<Invite> {
    Ok(Invite {
        id: read_id(row, 0)?,
        code_hash: read_secret_hash(row, 1)?,
        creator: read_id(row, 2)?,
        created: read_time(row, 3)?,
        expires: read_time(row, 4)?,
        uses: row.get(5)?,
        uses_max: row.get(6)?,
    })
}
