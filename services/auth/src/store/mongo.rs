//! What the auth service keeps, in MongoDB.

mod accounts;
mod audit;
mod blocks;
mod collections;
mod departures;
mod factors;
mod identities;
mod invites;
mod letters;
mod passkeys;
mod sessions;
mod tries;
mod users;

use async_trait::async_trait;
use bson::doc;
use confab_core::{Id, Timestamp};
use confab_db::mongo::{Mongo, OrStoreError, binary};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;

use super::documents::{
    AccountDocument, AttemptDocument, AuditDocument, BlockDocument, CeremonyDocument, ChallengeDocument,
    ContactDocument, DepartureDocument, DeviceDocument, FactorsDocument, GuessesDocument, IdentityDocument,
    InviteDocument, KeyDocument, LetterDocument, MailCodeDocument, NameDocument, PasskeyDocument,
    RevocationDocument, SessionDocument, UserDocument, bytes, date,
};
use super::{KeyStore, Store, retired_since, unused_since};
use crate::domain::PublishedKey;

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
const AUDIT: &str = "audit";
const DEPARTURES: &str = "departures";

/// The store in MongoDB.
#[derive(Clone)]
pub struct MongoStore {
    users: Collection<AccountDocument>,
    /// The same, seen as others see it.
    people: Collection<UserDocument>,
    /// The same, as far as who may contact them.
    contacts: Collection<ContactDocument>,
    /// The same, as far as what they are called.
    names: Collection<NameDocument>,
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
    audit: Collection<AuditDocument>,
    departures: Collection<DepartureDocument>,
}

impl MongoStore {
    /// Makes the collections in `mongo`, or checks that they are as they should be.
    pub async fn open(mongo: Mongo) -> Result<Self, OpenError> {
        mongo.prepare(&collections::all()).await?;
        let store = Self {
            users: mongo.collection(USERS),
            people: mongo.collection(USERS),
            contacts: mongo.collection(USERS),
            names: mongo.collection(USERS),
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
            audit: mongo.collection(AUDIT),
            departures: mongo.collection(DEPARTURES),
        };
        store.add_missing_words().await.map_err(|error| mongo.not_opened(error))?;
        Ok(store)
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

/// An id as MongoDB keeps it.
fn key<Of>(id: Id<Of>) -> bson::Binary {
    binary(id.as_uuid())
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
