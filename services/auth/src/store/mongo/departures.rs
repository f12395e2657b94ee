//! People who are gone, in MongoDB.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;

use super::{MongoStore, key, limit};
use crate::domain::{Departure, Role};
use crate::store::documents::{DepartureDocument, date};
use crate::store::{AccountStore, Changed, Departed, DepartureStore};

#[async_trait]
impl DepartureStore for MongoStore {
    async fn depart(&self, departure: &Departure) -> Result<Departed, StoreError> {
        let task = "delete an account";
        let theirs = || doc! { "_id": key(departure.user) };
        // First, because it alone can be refused.
        match self.set_role(departure.user, Role::Member).await? {
            Changed::Yes | Changed::Already => {}
            Changed::LastAdmin => return Ok(Departed::LastAdmin),
            Changed::NoSuchUser => {
                let gone = self.departures.find_one(theirs()).await.or_store_error(task)?;
                return Ok(if gone.is_some() { Departed::Yes } else { Departed::NoSuchUser });
            }
        }
        // Noted before the account goes: after a crash in between, it goes with the rest.
        match self.departures.insert_one(DepartureDocument::from(departure)).await {
            Ok(_) => {}
            Err(error) if is_duplicate_key(&error) => {}
            Err(error) => return Err(error).or_store_error(task),
        }
        self.users.delete_one(theirs()).await.or_store_error(task)?;
        Ok(Departed::Yes)
    }

    async fn erase_own(&self, user: UserId) -> Result<(), StoreError> {
        let task = "erase what is kept of somebody";
        let is = |field: &str| -> Document {
            doc! { field: key(user) }
        };
        self.users.delete_one(is("_id")).await.or_store_error(task)?;
        self.devices.delete_many(is("_id.user")).await.or_store_error(task)?;
        let either = doc! { "$or": [is("_id.blocker"), is("_id.blocked")] };
        self.blocks.delete_many(either).await.or_store_error(task)?;
        self.invites.delete_many(is("creator")).await.or_store_error(task)?;
        self.factors.delete_one(is("_id")).await.or_store_error(task)?;
        self.challenges.delete_many(is("user")).await.or_store_error(task)?;
        self.passkeys.delete_many(is("user")).await.or_store_error(task)?;
        self.ceremonies.delete_many(is("user")).await.or_store_error(task)?;
        self.identities.delete_many(is("user")).await.or_store_error(task)?;
        self.attempts.delete_many(is("user")).await.or_store_error(task)?;
        self.letters.delete_many(is("user")).await.or_store_error(task)?;
        self.mail_codes.delete_many(is("_id.user")).await.map(drop).or_store_error(task)
    }

    async fn find_departed(&self, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let task = "find out who is gone";
        let ids: Vec<_> = ids.iter().copied().map(key).collect();
        let found = self.departures.find(doc! { "_id": { "$in": ids } }).await.or_store_error(task)?;
        let found: Vec<DepartureDocument> = found.try_collect().await.or_store_error(task)?;
        Ok(found.iter().map(DepartureDocument::user).collect())
    }

    async fn claim_departure(&self, now: Timestamp) -> Result<Option<Departure>, StoreError> {
        let task = "claim somebody to be erased";
        let due = doc! { "next": { "$lte": date(now) } };
        let change = doc! { "$set": { "next": date(now.plus(Departure::STEP_TIME_MAX)) } };
        let claim = self.departures.find_one_and_update(due, change).sort(doc! { "next": 1, "_id": 1 });
        let claimed = claim.return_document(ReturnDocument::After).await.or_store_error(task)?;
        claimed.map(Departure::try_from).transpose()
    }

    async fn update_departure(&self, departure: &Departure) -> Result<(), StoreError> {
        let theirs = doc! { "_id": key(departure.user) };
        let updated = self.departures.replace_one(theirs, DepartureDocument::from(departure)).await;
        updated.map(drop).or_store_error("note how far somebody is erased")
    }

    async fn list_unfinished(&self, count_max: usize) -> Result<(Vec<Departure>, usize), StoreError> {
        let task = "list who is to be erased";
        let unfinished = || doc! { "next": { "$exists": true } };
        let find = self.departures.find(unfinished()).sort(doc! { "next": 1, "_id": 1 });
        let found: Vec<DepartureDocument> = find
            .limit(limit(count_max))
            .await
            .or_store_error(task)?
            .try_collect()
            .await
            .or_store_error(task)?;
        let found = found.into_iter().map(Departure::try_from).collect::<Result<_, _>>()?;
        let count = self.departures.count_documents(unfinished()).await.or_store_error(task)?;
        Ok((found, usize::try_from(count).unwrap_or(usize::MAX)))
    }
}
