//! Passkeys, and what they were asked to sign, in MongoDB.

use async_trait::async_trait;
use bson::doc;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{Ceremony, CredentialId, DeviceName, Passkey, PasskeyId, Purpose, SecretHash};
use crate::store::documents::{CeremonyDocument, PasskeyDocument, bytes, date};
use crate::store::{Added, CeremonyStore, PasskeyStore};

#[async_trait]
impl PasskeyStore for MongoStore {
    async fn insert(&self, passkey: &Passkey) -> Result<Added, StoreError> {
        let task = "add a passkey";
        let theirs = self.passkeys.count_documents(doc! { "user": key(passkey.user) });
        if theirs.await.or_store_error(task)? >= Passkey::PER_USER_MAX as u64 {
            return Ok(Added::TooMany);
        }
        match self.passkeys.insert_one(PasskeyDocument::from(passkey)).await {
            Ok(_) => Ok(Added::Yes),
            // The unique index decides, also between servers.
            Err(error) if is_duplicate_key(&error) => Ok(Added::Taken),
            Err(error) => Err(error).or_store_error(task),
        }
    }

    async fn list(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        let task = "list the passkeys of somebody";
        let find = self.passkeys.find(doc! { "user": key(user) }).sort(doc! { "_id": 1 });
        let cursor = find.limit(limit(2 * Passkey::PER_USER_MAX)).await.or_store_error(task)?;
        let documents: Vec<PasskeyDocument> = cursor.try_collect().await.or_store_error(task)?;
        documents.into_iter().map(Passkey::try_from).collect()
    }

    async fn find_by_credential(&self, credential: &CredentialId) -> Result<Option<Passkey>, StoreError> {
        let found = self.passkeys.find_one(doc! { "credential": bytes(credential.as_bytes()) }).await;
        found.or_store_error("find a passkey")?.map(Passkey::try_from).transpose()
    }

    async fn note_use(
        &self,
        id: PasskeyId,
        counter: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let counter = i64::from(counter);
        let further = if counter == 0 {
            doc! { "$eq": 0_i64 }
        } else {
            doc! { "$lt": counter }
        };
        let change = doc! { "$set": { "counter": counter, "backed_up": backed_up, "used": date(now) } };
        let noted = self.passkeys.update_one(doc! { "_id": key(id), "counter": further }, change).await;
        Ok(noted.or_store_error("note the use of a passkey")?.matched_count == 1)
    }

    async fn rename(&self, user: UserId, id: PasskeyId, name: &DeviceName) -> Result<bool, StoreError> {
        let theirs = doc! { "_id": key(id), "user": key(user) };
        let renamed = self.passkeys.update_one(theirs, doc! { "$set": { "name": name.as_str() } }).await;
        Ok(renamed.or_store_error("rename a passkey")?.matched_count == 1)
    }

    async fn delete(&self, user: UserId, id: PasskeyId) -> Result<(), StoreError> {
        let deleted = self.passkeys.delete_one(doc! { "_id": key(id), "user": key(user) }).await;
        deleted.map(drop).or_store_error("remove a passkey")
    }
}

#[async_trait]
impl CeremonyStore for MongoStore {
    async fn insert(&self, ceremony: &Ceremony) -> Result<(), StoreError> {
        let kept = self.ceremonies.insert_one(CeremonyDocument::from(ceremony)).await;
        kept.map(drop).or_store_error("keep what a passkey was asked")
    }

    async fn take(
        &self,
        hash: SecretHash,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<Ceremony>, StoreError> {
        // The server removes what has expired once a minute, by its own clock.
        let good = doc! {
            "_id": bytes(hash.as_bytes()),
            "purpose": purpose.word(),
            "expires": { "$gt": date(now) },
        };
        let taken = self.ceremonies.find_one_and_delete(good).await;
        taken.or_store_error("take what a passkey was asked")?.map(Ceremony::try_from).transpose()
    }
}
