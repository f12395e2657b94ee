//! Sessions in MongoDB.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::{SessionId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::OrStoreError;
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{AddressPrefix, Revocation, SecretHash, Session};
use crate::store::documents::{SessionDocument, bytes, date};
use crate::store::{SESSIONS_PER_USER_MAX, SessionStore};

impl MongoStore {
    async fn find_session(
        &self,
        task: &'static str,
        filter: Document,
    ) -> Result<Option<Session>, StoreError> {
        self.sessions.find_one(filter).await.or_store_error(task)?.map(SessionDocument::try_into).transpose()
    }

    /// Removes `sessions`, and notes that they were ended.
    async fn end(
        &self,
        task: &'static str,
        sessions: &[SessionDocument],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Noted first: the other way round, a crash in between would leave
        // access tokens that nobody knows are to be refused.
        for session in sessions {
            let noted = doc! { "$setOnInsert": { "time": date(now) } };
            let note = self.revocations.update_one(doc! { "_id": session.id }, noted).upsert(true);
            note.await.or_store_error(task)?;
        }
        let ids: Vec<bson::Uuid> = sessions.iter().map(|session| session.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.sessions.delete_many(doc! { "_id": { "$in": ids } }).await.map(drop).or_store_error(task)
    }
}

#[async_trait]
impl SessionStore for MongoStore {
    async fn insert(&self, session: &Session) -> Result<(), StoreError> {
        let task = "start a session";
        self.sessions.insert_one(SessionDocument::from(session)).await.or_store_error(task)?;

        let theirs = self.sessions.find(doc! { "user": key(session.user) }).sort(doc! { "_id": -1 });
        let too_many = theirs.skip(SESSIONS_PER_USER_MAX as u64).await.or_store_error(task)?;
        let too_many: Vec<SessionDocument> = too_many.try_collect().await.or_store_error(task)?;
        self.end(task, &too_many, session.created).await
    }

    async fn find(&self, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError> {
        // The server removes what has expired once a minute, by its own clock.
        let filter = doc! { "_id": key(id), "expires": { "$gt": date(now) } };
        self.find_session("find a session", filter).await
    }

    async fn filter_live(&self, ids: &[SessionId], now: Timestamp) -> Result<Vec<SessionId>, StoreError> {
        let task = "see which sessions have not ended";
        let ids: Vec<bson::Binary> = ids.iter().map(|id| key(*id)).collect();
        let live = doc! { "_id": { "$in": ids }, "expires": { "$gt": date(now) } };
        let found = self.sessions.find(live).await.or_store_error(task)?;
        let found: Vec<SessionDocument> = found.try_collect().await.or_store_error(task)?;
        Ok(found.iter().map(|session| SessionId::from_uuid(session.id.into())).collect())
    }

    async fn find_by_secret(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let secret = bytes(secret.as_bytes());
        let filter = doc! { "secret_hash": secret, "expires": { "$gt": date(now) } };
        self.find_session("find a session by its secret", filter).await
    }

    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let task = "list the sessions of somebody";
        let theirs = doc! { "user": key(user), "expires": { "$gt": date(now) } };
        let find = self.sessions.find(theirs).sort(doc! { "_id": -1 }).limit(limit(SESSIONS_PER_USER_MAX));
        let documents: Vec<SessionDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        documents.into_iter().map(Session::try_from).collect()
    }

    async fn turn(&self, session: &Session, used: SecretHash) -> Result<bool, StoreError> {
        // Of two that race only one still finds the hash that it looks for.
        let filter = doc! { "_id": key(session.id), "rotation.current": bytes(used.as_bytes()) };
        let change = doc! { "$set": SessionDocument::turned(session)? };
        let turned = self.sessions.update_one(filter, change).await.or_store_error("refresh a session")?;
        Ok(turned.matched_count == 1)
    }

    async fn touch(
        &self,
        id: SessionId,
        address: Option<AddressPrefix>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let address = address.as_ref().map(AddressPrefix::as_str);
        let change = doc! { "$set": { "used": date(now), "address_prefix": address } };
        let touched = self.sessions.update_one(doc! { "_id": key(id) }, change).await;
        touched.map(drop).or_store_error("note the use of a session")
    }

    async fn confirm(&self, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
        let filter = doc! { "_id": key(id), "expires": { "$gt": date(now) } };
        let confirmed = self.sessions.update_one(filter, doc! { "$set": { "confirmed": date(now) } }).await;
        Ok(confirmed.or_store_error("note who somebody is")?.matched_count == 1)
    }

    async fn delete(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        let task = "end a session";
        let found = self.sessions.find_one(doc! { "_id": key(id) }).await.or_store_error(task)?;
        self.end(task, found.as_slice(), now).await
    }

    async fn delete_others(&self, user: UserId, kept: SessionId, now: Timestamp) -> Result<(), StoreError> {
        let task = "end the other sessions of somebody";
        let others = self.sessions.find(doc! { "user": key(user), "_id": { "$ne": key(kept) } });
        let others: Vec<SessionDocument> =
            others.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        self.end(task, &others, now).await
    }

    async fn ended_since(&self, since: Timestamp, count_max: usize) -> Result<Vec<Revocation>, StoreError> {
        let task = "list the sessions that were ended";
        let find = self.revocations.find(doc! { "time": { "$gte": date(since) } });
        let cursor = find.sort(doc! { "time": 1 }).limit(limit(count_max)).await.or_store_error(task)?;
        cursor.map_ok(Revocation::from).try_collect().await.or_store_error(task)
    }
}
