//! People in MongoDB.

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use confab_core::page::Page;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;

use super::accounts::state_is;
use super::{MongoStore, key, limit};
use crate::domain::{
    Account, AccountState, ContactPolicy, Email, NamePrefix, PasswordHash, ProfileChange, User, UserCursor,
};
use crate::store::documents::{AccountDocument, ContactDocument, NameDocument, UserDocument, date};
use crate::store::{Inserted, Moved, UserStore};

impl MongoStore {
    /// Has people found by the words of their names who joined before that was
    /// possible. Any number of programs may do this at once.
    pub(super) async fn add_missing_words(&self) -> Result<(), StoreError> {
        let task = "note the words of names";
        // Null is also what is not there.
        let missing = self.names.find(doc! { "name_words": Bson::Null });
        let mut missing = missing.projection(NameDocument::projection()).await.or_store_error(task)?;
        while let Some(person) = missing.try_next().await.or_store_error(task)? {
            // Unless they were renamed meanwhile, which has done the same.
            let change = doc! { "$set": { "name_words": person.words() } };
            self.users.update_one(person.unchanged(), change).await.or_store_error(task)?;
        }
        Ok(())
    }
}

#[async_trait]
impl UserStore for MongoStore {
    async fn insert(&self, account: &Account, password: &PasswordHash) -> Result<Inserted, StoreError> {
        match self.users.insert_one(AccountDocument::new(account, password)).await {
            Ok(_) => Ok(Inserted::Yes),
            // The unique index decides, also between servers. The id is new, so
            // it can only be that on the address.
            Err(error) if is_duplicate_key(&error) => Ok(Inserted::EmailTaken),
            Err(error) => Err(error).or_store_error("store a new account"),
        }
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let found = self.users.find_one(doc! { "email": email.as_str() }).await;
        found.or_store_error("find an account by its address")?.map(AccountDocument::into_log_in).transpose()
    }

    async fn find_to_log_in(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let found = self.users.find_one(doc! { "_id": key(id) }).await;
        found
            .or_store_error("find an account and its password")?
            .map(AccountDocument::into_log_in)
            .transpose()
    }

    async fn find(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        let found = self.users.find_one(doc! { "_id": key(id) }).await;
        found.or_store_error("find an account")?.map(Account::try_from).transpose()
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let ids: Vec<_> = ids.iter().copied().map(key).collect();
        let task = "find people";
        let find = self.people.find(doc! { "_id": { "$in": ids } });
        let cursor = find.projection(UserDocument::projection()).await.or_store_error(task)?;
        cursor.map_ok(User::from).try_collect().await.or_store_error(task)
    }

    async fn list(&self, prefix: &NamePrefix, page: Page<UserCursor>) -> Result<Vec<User>, StoreError> {
        let task = "list people";
        let find = self.people.find(in_range(prefix, page.after));
        let find = find.sort(doc! { "folded_name": 1, "_id": 1 }).limit(limit(page.size));
        let cursor = find.projection(UserDocument::projection()).await.or_store_error(task)?;
        cursor.map_ok(User::from).try_collect().await.or_store_error(task)
    }

    async fn contact_policies(&self, ids: &[UserId]) -> Result<Vec<(UserId, ContactPolicy)>, StoreError> {
        let ids: Vec<_> = ids.iter().copied().map(key).collect();
        let task = "find who may contact people";
        let found = self.contacts.find(doc! { "_id": { "$in": ids } });
        let cursor = found.projection(ContactDocument::projection()).await.or_store_error(task)?;
        let found: Vec<ContactDocument> = cursor.try_collect().await.or_store_error(task)?;
        found.into_iter().map(TryInto::try_into).collect()
    }

    async fn set_contact_policy(&self, id: UserId, policy: ContactPolicy) -> Result<(), StoreError> {
        let change = doc! { "$set": { "contact": policy.word() } };
        let set = self.users.update_one(doc! { "_id": key(id) }, change).await;
        set.map(drop).or_store_error("set who may contact somebody")
    }

    async fn update_profile(
        &self,
        id: UserId,
        change: &ProfileChange,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let update = self.users.find_one_and_update(doc! { "_id": key(id) }, changed(change, now));
        let updated = update.return_document(ReturnDocument::After).await;
        updated.or_store_error("change a profile")?.map(Account::try_from).transpose()
    }

    async fn verify_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        let task = "note whose an address is";
        let theirs = || doc! { "_id": key(id), "email": email.as_str() };
        let mut unproved = theirs();
        // Null is also what is not there.
        unproved.insert("email_verified", Bson::Null);
        let change = doc! { "$set": { "email_verified": date(now) } };
        let noted = self.users.update_one(unproved, change).await.or_store_error(task)?;
        Ok(noted.matched_count == 1 || self.users.find_one(theirs()).await.or_store_error(task)?.is_some())
    }

    async fn change_email(&self, id: UserId, email: &Email, now: Timestamp) -> Result<Moved, StoreError> {
        let change = doc! { "$set": { "email": email.as_str(), "email_verified": date(now) } };
        let change = self.users.find_one_and_update(doc! { "_id": key(id) }, change);
        match change.return_document(ReturnDocument::Before).await {
            Ok(Some(before)) => Ok(Moved::Yes { old: before.email() }),
            Ok(None) => Ok(Moved::NoSuchUser),
            // The unique index decides, also between servers.
            Err(error) if is_duplicate_key(&error) => Ok(Moved::EmailTaken),
            Err(error) => Err(error).or_store_error("change an address"),
        }
    }

    async fn overwrite_password(&self, id: UserId, new: &PasswordHash) -> Result<bool, StoreError> {
        let change = doc! { "$set": { "password": new.as_str() } };
        let overwritten = self.users.update_one(doc! { "_id": key(id) }, change).await;
        Ok(overwritten.or_store_error("overwrite a password")?.matched_count == 1)
    }

    async fn replace_password(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let filter = doc! { "_id": key(id), "password": old.as_str() };
        let change = doc! { "$set": { "password": new.as_str() } };
        let replaced = self.users.update_one(filter, change).await.or_store_error("replace a password")?;
        Ok(replaced.matched_count == 1)
    }
}

/// What `change` means for what is stored.
fn changed(change: &ProfileChange, now: Timestamp) -> Document {
    let mut set = doc! { "updated": date(now) };
    if let Some(name) = &change.name {
        let words = name.beginnings();
        set.extend(doc! { "name": name.as_str(), "folded_name": name.folded(), "name_words": words });
    }
    if let Some(status) = &change.status {
        set.insert("status", status.as_str());
    }
    let mut unset = Document::new();
    match &change.time_zone {
        Some(Some(zone)) => drop(set.insert("time_zone", zone.as_str())),
        Some(None) => drop(unset.insert("time_zone", "")),
        None => {}
    }
    match change.picture {
        Some(Some(picture)) => drop(set.insert("picture", key(picture))),
        Some(None) => drop(unset.insert("picture", "")),
        None => {}
    }
    let mut update = doc! { "$set": set };
    if !unset.is_empty() {
        update.insert("$unset", unset);
    }
    update
}

/// The people behind `after` whose name, or a word of it, begins with `prefix`.
fn in_range(prefix: &NamePrefix, after: Option<UserCursor>) -> Document {
    let mut filter = behind(after);
    filter.extend(state_is(AccountState::Active));
    if !prefix.is_empty() {
        // One and the same word has to be within both bounds.
        filter.insert("name_words", doc! { "$elemMatch": range(prefix) });
    }
    filter
}

/// Texts that begin with `prefix`.
pub fn range(prefix: &NamePrefix) -> Document {
    let mut range = doc! { "$gte": prefix.start() };
    if let Some(end) = prefix.end() {
        range.insert("$lt", end);
    }
    range
}

/// The people behind `after`, by folded name and then by id.
pub fn behind(after: Option<UserCursor>) -> Document {
    let Some(UserCursor { name, id }) = after else { return Document::new() };
    let namesake = doc! { "folded_name": &name, "_id": { "$gt": binary(id) } };
    doc! { "$or": [{ "folded_name": { "$gt": name } }, namesake] }
}
