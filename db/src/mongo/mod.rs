//! MongoDB by the official driver, with promises that no URL can weaken.
//!
//! # Invariants
//!
//! * A write that returns `Ok` is in the journal of a majority. That a
//!   majority does not confirm it is an error ([`StoreError::Unknown`]).
//! * Reads ask the primary, and see only what a majority has: nothing that
//!   was read can be taken back. You read your own writes.
//! * A store runs only with the unique indexes it relies on: [`Mongo::ensure`].
//! * Nobody waits long for a connection because others have given up (`queue.rs`).
//! * No error or log line holds a password, or what people wrote.

mod ensure;
mod error;
mod queue;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;
use std::time::Duration;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, doc};
use mongodb::{Client, Collection};
use secrecy::SecretString;
use tokio::time::Instant;
use uuid::Uuid;

pub use self::ensure::{CollectionSpec, Index};
pub use self::error::{OrStoreError, duplicate_keys, is_duplicate_key};
use crate::{OpenError, StoreError};

/// How long a program that starts waits for MongoDB to be there. Started
/// together, as by a compose file, MongoDB is rarely the first.
const START_PATIENCE: Duration = Duration::from_mins(1);

/// Pauses between tries: short at first, then twice as long each time.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// A MongoDB deployment, and the prefix of our databases in it. Clones share
/// its connections.
#[derive(Clone)]
pub struct Server {
    client: Client,
    /// The addresses we were given, without credentials.
    hosts: String,
    prefix: String,
}

/// The database of one service. Clones share its connections.
#[derive(Clone)]
pub struct Mongo {
    database: mongodb::Database,
    hosts: String,
}

impl Server {
    /// Takes the server that `url` names; does not wait for it.
    ///
    /// Databases are named `<prefix>_<service>`.
    ///
    /// # Errors
    ///
    /// [`OpenError::Url`], or [`OpenError::Unavailable`] if the addresses
    /// behind a `mongodb+srv` URL cannot be looked up.
    pub async fn open(url: &SecretString, prefix: &str) -> Result<Self, OpenError> {
        let options = url::options(url).await?;
        let hosts = url::hosts(&options);
        let client = Client::with_options(options).map_err(|error| url::invalid(url, &error))?;
        tokio::spawn(queue::keep_moving(client.clone()));
        Ok(Self { client, hosts, prefix: prefix.to_owned() })
    }

    /// The database of `service`.
    #[must_use]
    pub fn database(&self, service: &str) -> Mongo {
        let database = self.client.database(&format!("{}_{service}", self.prefix));
        Mongo { database, hosts: self.hosts.clone() }
    }

    /// Ends every connection, whatever it is doing.
    pub async fn close(&self) {
        // Without `immediate` this waits for cursors that nobody reads any more.
        self.client.clone().shutdown().immediate(true).await;
    }
}

impl Mongo {
    /// A collection, with the promises of [this module](self).
    #[must_use]
    pub fn collection<T: Send + Sync>(&self, name: &str) -> Collection<T> {
        self.database.collection(name)
    }

    /// The driver's own handle, for transactions and commands.
    #[must_use]
    pub fn database(&self) -> &mongodb::Database {
        &self.database
    }

    /// Waits until MongoDB answers, a minute at most, and ensures each of `collections`.
    ///
    /// # Errors
    ///
    /// Those of [`Mongo::ensure`].
    pub async fn prepare(&self, collections: &[CollectionSpec]) -> Result<(), OpenError> {
        self.wait(START_PATIENCE).await?;
        for spec in collections {
            self.ensure(spec).await?;
        }
        Ok(())
    }

    /// Makes the collection, its validator and its indexes, and checks that
    /// all of them are as `spec` says.
    ///
    /// Any number of programs may do this at once, each time they start.
    ///
    /// # Errors
    ///
    /// [`OpenError::Collection`] names what differs and cannot be put right;
    /// [`OpenError::Refused`] if we are not allowed to;
    /// [`OpenError::Unavailable`] after a few seconds without an answer.
    pub async fn ensure(&self, spec: &CollectionSpec) -> Result<(), OpenError> {
        ensure::ensure(self, spec).await
    }

    /// Makes each of `updates`, which are statements of the command `update`.
    /// An upsert that finds the key taken changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unknown`] if some of them were refused or not confirmed,
    /// and those of any write.
    pub async fn update_each(
        &self,
        collection: &str,
        updates: Vec<Document>,
        task: &'static str,
    ) -> Result<(), StoreError> {
        if updates.is_empty() {
            return Ok(());
        }
        // Reads see only what a majority has, and whoever wrote something is to see it at once.
        let command = doc! {
            "update": collection,
            "updates": updates.into_iter().map(Bson::from).collect::<Vec<_>>(),
            "ordered": false,
            "writeConcern": { "w": "majority", "j": true },
        };
        let reply = self.database.run_command(command).await.or_store_error(task)?;
        let refused = reply.get_array("writeErrors").is_ok_and(|errors| !errors.iter().all(error::is_late));
        if refused || reply.contains_key("writeConcernError") {
            return Err(StoreError::Unknown { task, source: "MongoDB did not confirm all of it".into() });
        }
        Ok(())
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unknown`], within a few seconds.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.try_ping().await.map(drop).or_store_error("ask MongoDB for a sign of life")
    }

    async fn try_ping(&self) -> mongodb::error::Result<Document> {
        self.database.run_command(doc! { "ping": 1 }).await
    }

    /// That the database cannot be opened, because of what it was asked meanwhile.
    #[must_use]
    pub fn not_opened(&self, error: StoreError) -> OpenError {
        OpenError::Unavailable { hosts: self.hosts.clone(), source: Box::new(error) }
    }

    /// Asks until there is an answer, or for as long as `patience` lasts.
    async fn wait(&self, patience: Duration) -> Result<(), OpenError> {
        let end = Instant::now() + patience;
        let mut pause = PAUSE_MIN;
        while let Err(error) = self.try_ping().await {
            // Waiting does not make a wrong password right.
            if error::is_refusal(&error) || Instant::now() + pause > end {
                return Err(self.cannot_open(error));
            }
            let reason = error::Told::from(error);
            tracing::warn!(hosts = %self.hosts, %reason, "waiting for MongoDB");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
        Ok(())
    }

    fn cannot_open(&self, error: mongodb::error::Error) -> OpenError {
        let (hosts, is_refusal) = (self.hosts.clone(), error::is_refusal(&error));
        let source = Box::new(error::Told::from(error));
        if is_refusal {
            OpenError::Refused { hosts, source }
        } else {
            OpenError::Unavailable { hosts, source }
        }
    }
}

/// An id as MongoDB keeps it: binary of subtype 4, as `bson::Uuid` is in documents.
#[must_use]
pub fn binary(id: Uuid) -> Binary {
    Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() }
}

// The driver's own `Debug` shows options that are nobody's business.
impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("hosts", &self.hosts)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mongo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.database.name();
        formatter
            .debug_struct("Mongo")
            .field("hosts", &self.hosts)
            .field("database", &name)
            .finish_non_exhaustive()
    }
}
