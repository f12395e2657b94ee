//! What the auth service keeps, in MongoDB.

mod blocks;
mod collections;
mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod sessions;
mod tries;

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use confab_core::page::Page;
use confab_core::{Id, Timestamp, UserId};
use confab_db::mongo::{Mongo, OrStoreError, binary, is_duplicate_key};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::options::ReturnDocument;

use super::documents::{
    AccountDocument, AttemptDocument, BlockDocument, CeremonyDocument, ChallengeDocument, DeviceDocument,
    FactorsDocument, GuessesDocument, IdentityDocument, InviteDocument, KeyDocument, LetterDocument,
    MailCodeDocument, PasskeyDocument, RevocationDocument, SessionDocument, UserDocument, bytes, date,
};
use super::{Inserted, KeyStore, Moved, Store, UserStore, retired_since, unused_since};
use crate::domain::{Account, Email, Name, NamePrefix, PasswordHash, PublishedKey, User, UserCursor};

const USERS: &str = "users";
const SESSIONS: &str = "sessions";
const REVOCATIONS: &str = "revocations";
const BLOCKS: &str = "blocks";
const GUESSES: &str = "guesses";
const DEVICES: &str = "devices";
const INVITES: &str = "invites";
const LETTERS: &str = "letters";
const MAIL_CODES: &str = "mail_codes";
const FACTORS: &str = "factors";
const CHALLENGES: &str = "challenges";
const PASSKEYS: &str = "passkeys";
const CEREMONIES: &str = "ceremonies";
const IDENTITIES: &str = "identities";
const ATTEMPTS: &str = "attempts";
const SIGNING_KEYS: &str = "signing_keys";

/// The store in MongoDB.
#[derive(Clone)]
pub struct MongoStore {
    users: Collection<AccountDocument>,
    /// The same, seen as others see it.
    people: Collection<UserDocument>,
    sessions: Collection<SessionDocument>,
    revocations: Collection<RevocationDocument>,
    blocks: Collection<BlockDocument>,
    guesses: Collection<GuessesDocument>,
    devices: Collection<DeviceDocument>,
    invites: Collection<InviteDocument>,
    letters: Collection<LetterDocument>,
    mail_codes: Collection<MailCodeDocument>,
    factors: Collection<FactorsDocument>,
    challenges: Collection<ChallengeDocument>,
    passkeys: Collection<PasskeyDocument>,
    ceremonies: Collection<CeremonyDocument>,
    identities: Collection<IdentityDocument>,
    attempts: Collection<AttemptDocument>,
    keys: Collection<KeyDocument>,
}

impl MongoStore {
    /// Makes the collections in `mongo`, or checks that they are as they should be.
    pub async fn open(mongo: Mongo) -> Result<Self, OpenError> {
        mongo.prepare(&collections::all()).await?;
        Ok(Self {
            users: mongo.collection(USERS),
            people: mongo.collection(USERS),
            sessions: mongo.collection(SESSIONS),
            revocations: mongo.collection(REVOCATIONS),
            blocks: mongo.collection(BLOCKS),
            guesses: mongo.collection(GUESSES),
            devices: mongo.collection(DEVICES),
            invites: mongo.collection(INVITES),
            letters: mongo.collection(LETTERS),
            mail_codes: mongo.collection(MAIL_CODES),
            factors: mongo.collection(FACTORS),
            challenges: mongo.collection(CHALLENGES),
            passkeys: mongo.collection(PASSKEYS),
            ceremonies: mongo.collection(CEREMONIES),
            identities: mongo.collection(IDENTITIES),
            attempts: mongo.collection(ATTEMPTS),
            keys: mongo.collection(SIGNING_KEYS),
        })
    }
}

#[async_trait]
impl Store for MongoStore {
    async fn failed(&self) -> String {
        // A server that is away comes back; nothing here breaks for good.
        std::future::pending().await
    }

    // The connections belong to the program, which shares them out.
    async fn close(&self) {}
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
        Ok(found.or_store_error("find an account by its address")?.map(AccountDocument::into_log_in))
    }

    async fn find_to_log_in(&self, id: UserId) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let found = self.users.find_one(doc! { "_id": key(id) }).await;
        Ok(found.or_store_error("find an account and its password")?.map(AccountDocument::into_log_in))
    }

    async fn find(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        let found = self.users.find_one(doc! { "_id": key(id) }).await;
        Ok(found.or_store_error("find an account")?.map(Account::from))
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

    async fn rename(&self, id: UserId, name: &Name, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let change = doc! { "name": name.as_str(), "folded_name": name.folded(), "updated": date(now) };
        let rename = self.users.find_one_and_update(doc! { "_id": key(id) }, doc! { "$set": change });
        let renamed = rename.return_document(ReturnDocument::After).await;
        Ok(renamed.or_store_error("rename somebody")?.map(Account::from))
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

#[async_trait]
impl KeyStore for MongoStore {
    async fn register(&self, key: &PublishedKey, now: Timestamp) -> Result<(), StoreError> {
        let first = doc! { "public_key": bytes(&key.bytes), "created": date(key.created) };
        let change = doc! { "$setOnInsert": first, "$set": { "registered": date(now) } };
        let register = self.keys.update_one(doc! { "_id": &key.id }, change).upsert(true);
        let task = "publish a key";
        register.await.or_store_error(task)?;

        let unused = doc! { "registered": { "$lte": date(unused_since(now)) } };
        let retired = doc! { "retired": { "$lte": date(retired_since(now)) } };
        let over = doc! { "$or": [unused, retired] };
        self.keys.delete_many(over).await.map(drop).or_store_error(task)
    }

    async fn retire(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        // Null is also what is not there.
        let filter = doc! { "_id": id, "retired": null };
        let retired = self.keys.update_one(filter, doc! { "$set": { "retired": date(now) } }).await;
        retired.map(drop).or_store_error("retire a key")
    }

    async fn list(&self, now: Timestamp) -> Result<Vec<PublishedKey>, StoreError> {
        let task = "list the keys";
        let in_use = doc! { "retired": null };
        let lately = doc! { "retired": { "$gt": date(retired_since(now)) } };
        let find = self.keys.find(doc! { "$or": [in_use, lately] }).sort(doc! { "registered": -1, "_id": 1 });
        let cursor = find.limit(limit(PublishedKey::COUNT_MAX)).await.or_store_error(task)?;
        let documents: Vec<KeyDocument> = cursor.try_collect().await.or_store_error(task)?;
        documents.into_iter().map(PublishedKey::try_from).collect()
    }
}

/// The people behind `after` whose folded name begins with `prefix`.
fn in_range(prefix: &NamePrefix, after: Option<UserCursor>) -> Document {
    let start = after.as_ref().map_or(prefix.start(), |after| &after.name);
    let mut range = doc! { "$gte": start };
    if let Some(end) = prefix.end() {
        range.insert("$lt", end);
    }
    let mut filter = doc! { "folded_name": range };
    if let Some(UserCursor { name, id }) = after {
        let namesake = doc! { "folded_name": &name, "_id": { "$gt": binary(id) } };
        filter.insert("$or", [doc! { "folded_name": { "$gt": name } }, namesake]);
    }
    filter
}

/// An id as MongoDB keeps it.
fn key<Of>(id: Id<Of>) -> bson::Binary {
    binary(id.as_uuid())
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
