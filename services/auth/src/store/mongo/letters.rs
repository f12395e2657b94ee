//! Letters and their codes in MongoDB.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::Timestamp;
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;

use super::{MongoStore, key};
use crate::domain::{Letter, LetterKind, MailCode, PasswordHash, SecretHash};
use crate::store::documents::{LetterDocument, MailCodeDocument, MailCodeId, bytes, date};
use crate::store::{LetterStore, Posted};

#[async_trait]
impl LetterStore for MongoStore {
    async fn post(&self, letter: &Letter, waiting_max: usize) -> Result<Posted, StoreError> {
        let task = "post a letter";
        let id = || bytes(letter.key().as_bytes());
        // A letter that was sent and has had its time makes room for the next.
        let over = doc! { "_id": id(), "sent": true, "next": { "$lte": date(letter.created) } };
        self.letters.delete_one(over).await.or_store_error(task)?;

        let waiting = self.letters.count_documents(doc! {}).limit(waiting_max as u64);
        if waiting.await.or_store_error(task)? >= waiting_max as u64 {
            let same = self.letters.find_one(doc! { "_id": id() }).await.or_store_error(task)?;
            return Ok(if same.is_some() { Posted::Yes } else { Posted::Full });
        }
        match self.letters.insert_one(LetterDocument::from(letter)).await {
            Ok(_) => Ok(Posted::Yes),
            // There is one that says the same.
            Err(error) if is_duplicate_key(&error) => Ok(Posted::Yes),
            Err(error) => Err(error).or_store_error(task),
        }
    }

    async fn claim(&self, now: Timestamp) -> Result<Option<Letter>, StoreError> {
        let task = "claim a letter";
        let over = doc! { "sent": true, "next": { "$lte": date(now) } };
        self.letters.delete_many(over).await.or_store_error(task)?;

        let due = doc! { "next": { "$lte": date(now) } };
        let next = date(now.plus(Letter::TRY_TIME_MAX));
        let change = doc! { "$inc": { "tries": 1_i64 }, "$set": { "next": next } };
        let claim = self.letters.find_one_and_update(due, change).sort(doc! { "next": 1, "_id": 1 });
        let claimed = claim.return_document(ReturnDocument::After).await.or_store_error(task)?;
        claimed.map(Letter::try_from).transpose()
    }

    async fn list_unsent(&self, limit: usize) -> Result<(Vec<Letter>, usize), StoreError> {
        let task = "list the letters that were not sent";
        let unsent = || doc! { "sent": false };
        let find = self.letters.find(unsent()).sort(doc! { "next": 1, "_id": 1 }).limit(super::limit(limit));
        let found: Vec<LetterDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let letters = found.into_iter().map(Letter::try_from).collect::<Result<_, _>>()?;
        let count = self.letters.count_documents(unsent()).await.or_store_error(task)?;
        Ok((letters, usize::try_from(count).unwrap_or(usize::MAX)))
    }

    async fn update(&self, letter: &Letter) -> Result<(), StoreError> {
        let filter = doc! { "_id": bytes(letter.key().as_bytes()) };
        let state = doc! { "next": date(letter.next), "tries": i64::from(letter.tries), "sent": letter.sent };
        let updated = self.letters.update_one(filter, doc! { "$set": state }).await;
        updated.map(drop).or_store_error("note what became of a letter")
    }

    async fn delete(&self, key: SecretHash) -> Result<(), StoreError> {
        let deleted = self.letters.delete_one(doc! { "_id": bytes(key.as_bytes()) }).await;
        deleted.map(drop).or_store_error("remove a letter")
    }

    async fn keep_code(&self, code: &MailCode) -> Result<(), StoreError> {
        let filter = doc! { "_id": MailCodeId::new(code.user, code.kind) };
        let kept = self.mail_codes.replace_one(filter, MailCodeDocument::from(code)).upsert(true).await;
        kept.map(drop).or_store_error("keep the code of a letter")
    }

    async fn find_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        let found = self.mail_codes.find_one(good(hash, kind, now)).await;
        found.or_store_error("find the code of a letter")?.map(MailCode::try_from).transpose()
    }

    async fn take_code(
        &self,
        hash: SecretHash,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        let taken = self.mail_codes.find_one_and_delete(good(hash, kind, now)).await;
        taken.or_store_error("use the code of a letter")?.map(MailCode::try_from).transpose()
    }

    async fn reset_password(
        &self,
        hash: SecretHash,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<Option<MailCode>, StoreError> {
        let task = "set a password anew";
        let Some(code) = self.find_code(hash, LetterKind::ResetPassword, now).await? else { return Ok(None) };
        // The account remembers which code its password came with: that decides
        // who is first, and a crash before the code is removed changes nothing.
        let used = bytes(hash.as_bytes());
        let theirs =
            doc! { "_id": key(code.user), "email": code.email.as_str(), "reset_code": { "$ne": &used } };
        let change = doc! { "$set": { "password": new.as_str(), "reset_code": used } };
        let reset = self.users.update_one(theirs, change).await.or_store_error(task)?;
        if reset.matched_count == 0 {
            return Ok(None);
        }
        self.mail_codes.delete_one(good(hash, LetterKind::ResetPassword, now)).await.or_store_error(task)?;
        Ok(Some(code))
    }
}

/// The code with this hash, if it is good at `now`. The server removes what has
/// expired once a minute, by its own clock.
fn good(hash: SecretHash, kind: LetterKind, now: Timestamp) -> Document {
    doc! { "hash": bytes(hash.as_bytes()), "_id.kind": kind.word(), "expires": { "$gt": date(now) } }
}
