//! Fresh databases for tests.

use std::any::Any;
use std::sync::Arc;

use bson::doc;
use mongodb::Client;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::Database;
use crate::mongo::{Mongo, Server};

/// Names the MongoDB that tests may use. `cargo xtask test` starts one and sets it.
pub const MONGODB_VARIABLE: &str = "CONFAB_TEST_MONGODB";

/// How much of a test's name becomes part of a database's, which has 63 bytes at most.
const NAME_CHARS_MAX: usize = 24;

/// A database that no other test uses. It goes when the last clone is dropped.
#[derive(Clone)]
pub struct TestDatabase {
    /// What it is called in the messages of a failed test.
    pub name: &'static str,
    /// What the service under test is to open.
    pub database: Database,
    /// The folder, or the databases, that go with it.
    _belongings: Arc<dyn Any + Send + Sync>,
}

/// Makes a fresh database of each kind; `test` becomes part of their names.
///
/// # Panics
///
/// If one of them cannot be made: a test that cannot run fails.
pub async fn every_database(test: &str) -> [TestDatabase; 2] {
    let folder = tempfile::tempdir().expect("a test may make a folder");
    let embedded = Database::Embedded { folder: folder.path().to_owned() };
    let mongo = mongo(test).await;
    [
        TestDatabase { name: "embedded", database: embedded, _belongings: Arc::new(folder) },
        TestDatabase { name: "MongoDB", database: mongo.database(), _belongings: Arc::new(mongo) },
    ]
}

/// A prefix for databases of a test's own. They are dropped with this.
#[derive(Debug)]
pub struct TestMongo {
    server: Server,
    url: SecretString,
    prefix: String,
}

/// Opens a fresh database; `name` says in its name whose it is.
///
/// # Panics
///
/// If there is no [`MONGODB_VARIABLE`], or nothing answers there: a test that
/// cannot run fails.
pub async fn mongo(name: &str) -> TestMongo {
    let url = std::env::var(MONGODB_VARIABLE);
    let url: SecretString = url.expect("run `cargo xtask test`, or set CONFAB_TEST_MONGODB").into();

    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(NAME_CHARS_MAX).collect();
    let unique = Uuid::new_v4().simple().to_string();
    let prefix = format!("test_{name}_{}", &unique[..12]);
    let server = Server::open(&url, &prefix).await.expect("the URL of the test MongoDB is valid");
    let opened = TestMongo { server, url, prefix };
    opened.service("test").ping().await.expect("the test MongoDB answers");
    opened
}

impl TestMongo {
    /// What the service under test is to open.
    #[must_use]
    pub fn database(&self) -> Database {
        Database::MongoDb(self.server.clone())
    }

    /// The database that `service` would use.
    #[must_use]
    pub fn service(&self, service: &str) -> Mongo {
        self.server.database(service)
    }
}

impl Drop for TestMongo {
    fn drop(&mut self) {
        let (url, prefix) = (self.url.clone(), self.prefix.clone());
        // The test's own runtime is busy dropping this. What cannot be dropped
        // lies in a database that is thrown away with its server.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(drop_databases(&url, &prefix)))
        });
        drop(dropping.join());
    }
}

async fn drop_databases(url: &SecretString, prefix: &str) -> mongodb::error::Result<()> {
    let client = Client::with_uri_str(url.expose_secret()).await?;
    let ours = doc! { "name": { "$regex": format!("^{prefix}_") } };
    for name in client.list_database_names().filter(ours).await? {
        client.database(&name).drop().await?;
    }
    Ok(())
}
