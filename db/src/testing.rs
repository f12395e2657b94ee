//! Fresh databases for tests.

use crate::Database;

/// A MongoDB prefix of a test's own; its databases are dropped with it.
#[derive(Debug)]
pub struct TestMongo {}

impl TestMongo {
    /// What the service under test is to open.
    #[must_use]
    pub fn database(&self) -> Database {
        unimplemented!()
    }
}

/// Connects to the server that `CONFAB_TEST_MONGODB` names; `name` is part of the databases' names.
///
/// # Panics
///
/// If there is no such variable, or the server does not answer.
pub async fn mongo(name: &str) -> TestMongo {
    let _ = name;
    unimplemented!()
}
