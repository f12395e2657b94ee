//! What every store promises, tried on each of them.

use std::time::Duration;

use confab_core::Timestamp;
use confab_db::testing::{TestDatabase, every_database};

use super::Stores;

mod accounts;
mod audit;
mod blocks;
mod challenges;
mod departures;
mod factors;
mod identities;
mod invites;
mod keys;
mod letters;
mod passkeys;
mod sessions;
mod tries;
mod users;

/// In the next century: the server of MongoDB removes what has expired by its
/// own clock, and must not find anything of ours.
const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

/// A store that nobody else uses, gone when it is dropped.
struct TestStore {
    name: &'static str,
    stores: Stores,
    _kept: TestDatabase,
}

/// A fresh one of each. `test` becomes part of the name of the databases.
async fn every_store(test: &str) -> [TestStore; 2] {
    let [embedded, mongo] = every_database(test).await;
    [TestStore::open(embedded).await, TestStore::open(mongo).await]
}

impl TestStore {
    async fn open(kept: TestDatabase) -> Self {
        let stores = Stores::open(&kept.database).await.unwrap();
        Self { name: kept.name, stores, _kept: kept }
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}
