//! Opens the engines that services keep their data in: SQLite or MongoDB.
//!
//! A service has two stores, one for each engine, and chooses when it is
//! opened:
//!
//! ```text
//! match database {
//!     Database::Embedded { folder } => {
//!         let sqlite = Sqlite::open(&folder.join("auth.db"), MIGRATIONS)?;
//!         Ok(Stores::embedded(sqlite))
//!     }
//!     Database::MongoDb(server) => {
//!         let mongo = server.database("auth");
//!         mongo.prepare(&collections()).await?;
//!         Ok(Stores::mongo(mongo))
//!     }
//! }
//! ```
//!
//! # Invariants
//!
//! * What a write returns `Ok` for is on disk: fsync on SQLite, a journalled
//!   majority on MongoDB. No setting makes it less.
//! * An error says whether the write may have happened: [`StoreError`].
//! * No statement blocks a thread of the async runtime.
//! * Nothing here knows what a service keeps.

mod error;
pub mod mongo;
pub mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;

use std::path::PathBuf;

pub use error::{OpenError, StoreError};

/// Where an installation keeps its data.
#[derive(Clone, Debug)]
pub enum Database {
    /// Files in a folder; one for each service.
    Embedded {
        /// The folder. It is made if it is missing.
        folder: PathBuf,
    },
    /// A MongoDB replica set; one database for each service.
    MongoDb(mongo::Server),
}
