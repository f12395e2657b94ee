//! Second factors, and those who have yet to show one, in MongoDB.

use async_trait::async_trait;
use bson::{Binary, Document, doc};
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;

use super::{MongoStore, key};
use crate::domain::{Challenge, Factors, SecretHash, Totp, TotpSecret};
use crate::store::documents::{ChallengeDocument, FactorsDocument, bytes, date};
use crate::store::{ChallengeStore, FactorStore};

impl MongoStore {
    /// Makes `change` to the factors that `filter` finds, and returns whether there were any.
    async fn change_factors(
        &self,
        task: &'static str,
        filter: Document,
        change: Document,
    ) -> Result<bool, StoreError> {
        Ok(self.factors.update_one(filter, change).await.or_store_error(task)?.matched_count == 1)
    }
}

#[async_trait]
impl FactorStore for MongoStore {
    async fn find(&self, user: UserId) -> Result<Factors, StoreError> {
        let found = self.factors.find_one(doc! { "_id": key(user) }).await;
        let found = found.or_store_error("find the factors of somebody")?;
        let factors = found.as_ref().map(FactorsDocument::factors).unwrap_or_default();
        let passkeys = self.passkeys.count_documents(doc! { "user": key(user) }).await;
        let passkeys = passkeys.or_store_error("count the passkeys of somebody")?;
        Ok(Factors { passkeys: usize::try_from(passkeys).unwrap_or(usize::MAX), ..factors })
    }

    async fn find_totp(&self, user: UserId) -> Result<Option<Totp>, StoreError> {
        let found = self.factors.find_one(doc! { "_id": key(user) }).await;
        let found = found.or_store_error("find the app of somebody")?;
        found.and_then(FactorsDocument::into_totp).transpose()
    }

    async fn begin_totp(
        &self,
        user: UserId,
        secret: &TotpSecret,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let no_factor = doc! { "_id": key(user), "totp.last_step": { "$exists": false } };
        let totp = doc! { "secret": bytes(secret.as_bytes()), "begun": date(now) };
        let begin = self.factors.update_one(no_factor, doc! { "$set": { "totp": totp } }).upsert(true);
        match begin.await {
            Ok(_) => Ok(true),
            // There is one that the filter does not find, and none can be added.
            Err(error) if is_duplicate_key(&error) => Ok(false),
            Err(error) => Err(error).or_store_error("keep the app of somebody"),
        }
    }

    async fn enable_totp(&self, user: UserId, secret: &TotpSecret, step: i64) -> Result<bool, StoreError> {
        let begun = doc! {
            "_id": key(user),
            "totp.secret": bytes(secret.as_bytes()),
            "totp.last_step": { "$exists": false },
        };
        let change = doc! { "$set": { "totp.last_step": step } };
        self.change_factors("make the app of somebody a factor", begun, change).await
    }

    async fn use_totp(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        // Nothing is less than what is not there.
        let unused = doc! { "_id": key(user), "totp.last_step": { "$lt": step } };
        let change = doc! { "$set": { "totp.last_step": step } };
        self.change_factors("use the code of an app", unused, change).await
    }

    async fn remove_totp(&self, user: UserId) -> Result<(), StoreError> {
        let change = doc! { "$unset": { "totp": "" } };
        self.change_factors("forget the app of somebody", doc! { "_id": key(user) }, change).await.map(drop)
    }

    async fn replace_recovery_codes(&self, user: UserId, hashes: &[SecretHash]) -> Result<(), StoreError> {
        let hashes: Vec<Binary> = hashes.iter().map(|hash| bytes(hash.as_bytes())).collect();
        let change = doc! { "$set": { "recovery_codes": hashes } };
        let replaced = self.factors.update_one(doc! { "_id": key(user) }, change).upsert(true).await;
        replaced.map(drop).or_store_error("keep the codes of somebody")
    }

    async fn take_recovery_code(&self, user: UserId, hash: SecretHash) -> Result<bool, StoreError> {
        let hash = bytes(hash.as_bytes());
        let there = doc! { "_id": key(user), "recovery_codes": &hash };
        let change = doc! { "$pull": { "recovery_codes": hash } };
        self.change_factors("use a code of somebody", there, change).await
    }
}

#[async_trait]
impl ChallengeStore for MongoStore {
    async fn insert(&self, challenge: &Challenge) -> Result<(), StoreError> {
        let task = "keep a challenge";
        self.challenges.insert_one(ChallengeDocument::from(challenge)).await.or_store_error(task)?;

        let theirs = self.challenges.find(doc! { "user": key(challenge.user) });
        let theirs = theirs.sort(doc! { "expires": -1, "_id": -1 });
        let too_many = theirs.skip(Challenge::PER_USER_MAX as u64).await.or_store_error(task)?;
        let too_many: Vec<ChallengeDocument> = too_many.try_collect().await.or_store_error(task)?;
        let ids: Vec<Binary> = too_many.into_iter().map(|challenge| challenge.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.challenges.delete_many(doc! { "_id": { "$in": ids } }).await.map(drop).or_store_error(task)
    }

    async fn count_try(&self, hash: SecretHash, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
        // The server removes what has expired once a minute, by its own clock.
        let good = doc! {
            "_id": bytes(hash.as_bytes()),
            "expires": { "$gt": date(now) },
            "tries": { "$lt": i64::from(Challenge::TRIES_MAX) },
        };
        let count = self.challenges.find_one_and_update(good, doc! { "$inc": { "tries": 1_i64 } });
        let counted = count.return_document(ReturnDocument::After).await;
        counted.or_store_error("count a try of a challenge")?.map(Challenge::try_from).transpose()
    }

    async fn take(&self, hash: SecretHash) -> Result<bool, StoreError> {
        let taken = self.challenges.delete_one(doc! { "_id": bytes(hash.as_bytes()) }).await;
        Ok(taken.or_store_error("take a challenge")?.deleted_count == 1)
    }
}
