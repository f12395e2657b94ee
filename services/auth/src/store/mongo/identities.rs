//! Log-ins with others in MongoDB.

use async_trait::async_trait;
use bson::doc;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{Attempt, Identity, IdentityId, ProviderId, SecretHash};
use crate::store::documents::{AttemptDocument, IdentityDocument, bytes, date};
use crate::store::{IdentityStore, Linked};

#[async_trait]
impl IdentityStore for MongoStore {
    async fn link(&self, identity: &Identity) -> Result<Linked, StoreError> {
        let task = "link an identity";
        let theirs = self.identities.count_documents(doc! { "user": key(identity.user) });
        if theirs.await.or_store_error(task)? >= Identity::PER_USER_MAX as u64 {
            return Ok(Linked::TooMany);
        }
        match self.identities.insert_one(IdentityDocument::from(identity)).await {
            Ok(_) => Ok(Linked::Yes),
            // The unique index decides, also between servers.
            Err(error) if is_duplicate_key(&error) => Ok(Linked::Taken),
            Err(error) => Err(error).or_store_error(task),
        }
    }

    async fn find_identity(
        &self,
        provider: &ProviderId,
        subject: &str,
    ) -> Result<Option<Identity>, StoreError> {
        let filter = doc! { "provider": provider.as_str(), "subject": subject };
        let found = self.identities.find_one(filter).await.or_store_error("find an identity")?;
        Ok(found.map(Identity::from))
    }

    async fn list_identities(&self, user: UserId) -> Result<Vec<Identity>, StoreError> {
        let task = "list the identities of somebody";
        let find = self.identities.find(doc! { "user": key(user) }).sort(doc! { "_id": 1 });
        let cursor = find.limit(limit(2 * Identity::PER_USER_MAX)).await.or_store_error(task)?;
        cursor.map_ok(Identity::from).try_collect().await.or_store_error(task)
    }

    async fn unlink(&self, user: UserId, id: IdentityId) -> Result<(), StoreError> {
        let unlinked = self.identities.delete_one(doc! { "_id": key(id), "user": key(user) }).await;
        unlinked.map(drop).or_store_error("unlink an identity")
    }

    async fn begin_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let begun = self.attempts.insert_one(AttemptDocument::from(attempt)).await;
        begun.map(drop).or_store_error("keep who was sent to a provider")
    }

    async fn take_attempt(&self, state: SecretHash, now: Timestamp) -> Result<Option<Attempt>, StoreError> {
        // The server removes what has expired once a minute, by its own clock.
        let good = doc! { "_id": bytes(state.as_bytes()), "expires": { "$gt": date(now) } };
        let taken = self.attempts.find_one_and_delete(good).await;
        taken.or_store_error("take who comes back from a provider")?.map(Attempt::try_from).transpose()
    }
}
