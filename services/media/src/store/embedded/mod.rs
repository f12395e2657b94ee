//! What the media service keeps, in SQLite.

mod blobs;
mod library;
mod rows;
mod uploads;

use std::path::Path;

use async_trait::async_trait;
use confab_db::OpenError;
use confab_db::sqlite::Sqlite;

use super::Store;

/// Every script there ever was, oldest first. Scripts are only ever added.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE usage (
        owner       BLOB    NOT NULL PRIMARY KEY,
        bytes       INTEGER NOT NULL CHECK (bytes >= 0),
        files       INTEGER NOT NULL CHECK (files >= 0),
        uploads     INTEGER NOT NULL CHECK (uploads >= 0)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE uploads (
        id          BLOB    NOT NULL PRIMARY KEY,
        owner       BLOB    NOT NULL,
        purpose     TEXT    NOT NULL,
        name        TEXT    NOT NULL,
        size        INTEGER NOT NULL,
        received    INTEGER NOT NULL,
        hash        BLOB,
        manner      TEXT    NOT NULL,
        created     INTEGER NOT NULL,
        expires     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX uploads_by_end ON uploads (expires);

    CREATE TABLE media (
        id             BLOB    NOT NULL PRIMARY KEY,
        owner          BLOB    NOT NULL,
        purpose        TEXT    NOT NULL,
        name           TEXT    NOT NULL,
        duration       INTEGER,
        blurhash       TEXT,
        keeps_metadata INTEGER NOT NULL,
        charged        INTEGER NOT NULL,
        created        INTEGER NOT NULL,
        unattached     INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX media_by_owner ON media (owner, id);
    CREATE INDEX media_unattached ON media (unattached) WHERE unattached IS NOT NULL;

    CREATE TABLE forms (
        media        BLOB    NOT NULL,
        variant      TEXT    NOT NULL,
        key          BLOB    NOT NULL,
        size         INTEGER NOT NULL,
        content_type TEXT    NOT NULL,
        width        INTEGER,
        height       INTEGER,
        PRIMARY KEY (media, variant)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE blobs (
        key         BLOB    NOT NULL PRIMARY KEY,
        size        INTEGER NOT NULL,
        uses        INTEGER NOT NULL CHECK (uses >= 0),
        claimed     INTEGER NOT NULL,
        erasing     INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blobs_unused ON blobs (claimed) WHERE uses = 0;

    CREATE TABLE attachments (
        place       BLOB    NOT NULL,
        media       BLOB    NOT NULL,
        confirmed   INTEGER NOT NULL,
        PRIMARY KEY (place, media)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attachments_by_media ON attachments (media, place);
    CREATE INDEX attachments_by_confirmation ON attachments (confirmed);
",
    "
    -- Who uploads how many at once is not stored any more: a crash left it wrong for hours.
    ALTER TABLE usage DROP COLUMN uploads;
",
];

/// The store in SQLite.
#[derive(Clone)]
pub struct EmbeddedStore(Sqlite);

impl EmbeddedStore {
    /// Opens `file`, and makes it if it is missing.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Ok(Self(Sqlite::open(file, MIGRATIONS)?))
    }
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn failed(&self) -> String {
        self.0.failed().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
