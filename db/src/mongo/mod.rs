//! MongoDB, by the official driver, with promises that no URL can weaken.

use std::time::Duration;

use bson::{Binary, Document};
use mongodb::Collection;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{OpenError, StoreError};

/// A MongoDB deployment, and the prefix of our databases in it. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Server {}

impl Server {
    /// Reads `url`; does not wait for the server. Databases are named `<prefix>_<service>`.
    ///
    /// # Errors
    ///
    /// [`OpenError::Url`], or [`OpenError::Unavailable`] if the name service fails for `mongodb+srv`.
    pub async fn open(url: &SecretString, prefix: &str) -> Result<Self, OpenError> {
        let _ = (url, prefix);
        unimplemented!()
    }

    /// The database of `service`.
    #[must_use]
    pub fn database(&self, service: &str) -> Mongo {
        let _ = service;
        unimplemented!()
    }

    /// Closes every connection.
    pub async fn close(&self) {}
}

/// One service's database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Mongo {}

impl Mongo {
    /// A collection: reads from the primary what a majority has, writes with `w: majority, j: true`.
    #[must_use]
    pub fn collection<T: Send + Sync>(&self, name: &str) -> Collection<T> {
        let _ = name;
        unimplemented!()
    }

    /// Waits until MongoDB answers (60 s at most), then ensures each of `collections`.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn prepare(&self, collections: &[CollectionSpec]) -> Result<(), OpenError> {
        let _ = collections;
        unimplemented!()
    }

    /// Makes the collection, its validator and its indexes, and checks that they are as `spec` says.
    ///
    /// # Errors
    ///
    /// [`OpenError::Collection`] names what differs; [`OpenError::Unavailable`] at once while it is down.
    pub async fn ensure(&self, spec: &CollectionSpec) -> Result<(), OpenError> {
        let _ = spec;
        unimplemented!()
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], within a few seconds.
    pub async fn ping(&self) -> Result<(), StoreError> {
        unimplemented!()
    }
}

/// What a collection must be like.
#[derive(Clone, Debug)]
pub struct CollectionSpec {
    /// Its name.
    pub name: &'static str,
    /// Its indexes, beside that on `_id`.
    pub indexes: Vec<Index>,
    /// What its documents must match: `doc! { "$jsonSchema": … }`.
    pub validator: Document,
}

/// An index of a collection.
#[derive(Clone, Debug)]
pub struct Index {}

impl Index {
    /// An index on `keys`, which only makes queries fast.
    #[must_use]
    pub fn on(keys: Document) -> Self {
        let _ = keys;
        unimplemented!()
    }

    /// An index on `keys` that no two documents may have in common.
    #[must_use]
    pub fn unique(keys: Document) -> Self {
        let _ = keys;
        unimplemented!()
    }

    /// Covers only the documents that match `filter`.
    #[must_use]
    pub fn only(self, filter: Document) -> Self {
        let _ = filter;
        self
    }

    /// Deletes documents this long after the time in the (only) key.
    #[must_use]
    pub fn expire_after(self, age: Duration) -> Self {
        let _ = age;
        self
    }
}

/// Turns the driver's errors into ours.
pub trait OrStoreError<T> {
    /// Says what was being tried, classifies the error, and keeps it as the source.
    ///
    /// # Errors
    ///
    /// The same, as a [`StoreError`].
    fn or_store_error(self, task: &'static str) -> Result<T, StoreError>;
}

impl<T> OrStoreError<T> for mongodb::error::Result<T> {
    fn or_store_error(self, task: &'static str) -> Result<T, StoreError> {
        let _ = task;
        unimplemented!()
    }
}

/// Whether `error` says that a unique index already has such a key, and nothing worse.
#[must_use]
pub fn is_duplicate_key(error: &mongodb::error::Error) -> bool {
    let _ = error;
    unimplemented!()
}

/// An id as MongoDB keeps it: binary of subtype 4.
#[must_use]
pub fn binary(id: Uuid) -> Binary {
    Binary { subtype: bson::spec::BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() }
}
