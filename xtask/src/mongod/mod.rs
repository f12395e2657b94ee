//! A real MongoDB for the tests: a replica set of one, with a folder and a port of its own.

mod wire;

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::process::{self, Group};
use crate::run::{announce, command};
use crate::{port, tools};

/// How long mongod may take until it accepts writes.
const READY_TIMEOUT: Duration = Duration::from_secs(90);

/// How long one answer may take.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// Small, and seen by nobody else.
const SETTINGS: &str = "--bind_ip 127.0.0.1 --nounixsocket --quiet --wiredTigerCacheSizeGB 0.5 \
                        --setParameter diagnosticDataCollectionEnabled=false";

/// The name of the replica set.
const REPLICA_SET: &str = "rs0";

/// A running mongod. It ends, and its data goes, with this value.
pub struct Mongod {
    // First, because fields are dropped in this order: the process before its data.
    group: Group,
    folder: TempDir,
    port: u16,
}

impl Mongod {
    /// Starts a mongod, makes it a replica set, and waits until it accepts writes.
    pub fn start() -> Result<Self> {
        let program = tools::mongod()?;
        let folder = tempfile::Builder::new().prefix("confab-mongod-").tempdir()?;
        let [port] = port::free()?;
        let mut serve = command(&program, &["--replSet", REPLICA_SET]);
        serve.args(SETTINGS.split(' ')).args(["--port", &port.to_string()]);
        serve.arg("--logpath").arg(folder.path().join("mongod.log"));
        serve.arg("--dbpath").arg(folder.path());
        announce(&serve);
        let mut mongod = Self { group: Group::spawn(&mut serve)?, folder, port };
        mongod.initiate().with_context(|| format!("mongod says:\n{}", mongod.last_words()))?;
        Ok(mongod)
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("mongodb://127.0.0.1:{}/?replicaSet={REPLICA_SET}", self.port)
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.group.leader.id()
    }

    fn initiate(&mut self) -> Result<()> {
        let mut asked = false;
        process::wait_until("mongod accepts writes", READY_TIMEOUT, || {
            if let Some(status) = self.group.ended()? {
                bail!("mongod ended with {status}");
            }
            // It does not listen at once, and says no while it is starting: ask again.
            let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)) else {
                return Ok(false);
            };
            connection.set_read_timeout(Some(REPLY_TIMEOUT))?;
            asked = asked || wire::initiate(&mut connection, REPLICA_SET, self.port)?;
            Ok(asked && wire::is_primary(&mut connection)?)
        })
    }

    /// The end of its log, for whoever has to find out why it did not start.
    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("mongod.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}
