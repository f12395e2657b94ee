//! How rows of SQLite are read and written.

use std::time::Duration;

use confab_core::{Id, MediaId, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::domain::{BlobKey, ContentType, FileName, Form, Manner, Media, Place, Purpose, Upload, Variant};

/// An id as SQLite keeps it.
pub fn blob<Of>(id: Id<Of>) -> [u8; 16] {
    id.as_uuid().into_bytes()
}

/// A count as SQLite keeps it. Nothing of ours is larger than it can be.
pub fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub fn read_id<Of>(row: &Row, column: usize) -> rusqlite::Result<Id<Of>> {
    row.get(column).map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes)))
}

pub fn read_time(row: &Row, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

pub fn read_count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    let count: i64 = row.get(column)?;
    u64::try_from(count).map_err(|_| Error::IntegralValueOutOfRange(column, count))
}

pub fn read_key(row: &Row, column: usize) -> rusqlite::Result<BlobKey> {
    let bytes: Vec<u8> = row.get(column)?;
    known(BlobKey::stored(&bytes), column, "a blob key")
}

pub fn read_place(row: &Row, column: usize) -> rusqlite::Result<Place> {
    let bytes: Vec<u8> = row.get(column)?;
    known(Place::stored(&bytes), column, "a place")
}

fn read_word<T>(
    row: &Row,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
    what: &str,
) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    known(read(&word), column, what)
}

fn known<T>(value: Option<T>, column: usize, what: &str) -> rusqlite::Result<T> {
    value.ok_or_else(|| Error::InvalidColumnType(column, what.to_owned(), Type::Blob))
}

/// What [`read_upload`] reads.
pub const UPLOAD_COLUMNS: &str = "id, owner, purpose, name, size, received, hash, manner, created, expires";

pub fn read_upload(row: &Row) -> rusqlite::Result<Upload> {
    let hash: Option<Vec<u8>> = row.get(6)?;
    let hash = hash.map(|bytes| known(BlobKey::stored(&bytes), 6, "a hash")).transpose()?;
    Ok(Upload {
        id: read_id(row, 0)?,
        owner: read_id(row, 1)?,
        purpose: read_word(row, 2, Purpose::of_word, "a purpose")?,
        name: FileName::stored(row.get(3)?),
        size: read_count(row, 4)?,
        received: read_count(row, 5)?,
        hash,
        manner: read_word(row, 7, Manner::of_word, "a manner")?,
        created: read_time(row, 8)?,
        expires: read_time(row, 9)?,
    })
}

pub fn insert_upload(db: &Connection, upload: &Upload) -> rusqlite::Result<()> {
    let sql = "INSERT INTO uploads (id, owner, purpose, name, size, received, hash, manner, created, expires)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let row = params![
        blob(upload.id),
        blob(upload.owner),
        upload.purpose.word(),
        upload.name.as_str(),
        int(upload.size),
        int(upload.received),
        upload.hash.map(|hash| *hash.as_bytes()),
        upload.manner.word(),
        upload.created.as_millis(),
        upload.expires.as_millis(),
    ];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

pub fn insert_media(db: &Connection, media: &Media) -> rusqlite::Result<()> {
    let sql = "INSERT INTO media (id, owner, purpose, name, duration, blurhash, keeps_metadata, charged,
                                  created, unattached)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)";
    let row = params![
        blob(media.id),
        blob(media.owner),
        media.purpose.word(),
        media.name.as_str(),
        media.duration.map(millis),
        media.blurhash,
        media.keeps_metadata,
        int(media.charged),
        media.created.as_millis(),
    ];
    db.prepare_cached(sql)?.execute(row)?;
    let sql = "INSERT INTO forms (media, variant, key, size, content_type, width, height)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut insert = db.prepare_cached(sql)?;
    for (variant, form) in media.forms() {
        let (width, height) = form.dimensions.unzip();
        let (key, mime) = (form.key.as_bytes(), form.content_type.mime());
        insert.execute(params![blob(media.id), variant.word(), key, int(form.size), mime, width, height])?;
    }
    Ok(())
}

/// Reads all of the file `id`.
pub fn select_media(db: &Connection, id: MediaId) -> rusqlite::Result<Option<Media>> {
    let sql = "SELECT variant, key, size, content_type, width, height FROM forms WHERE media = ?1";
    let mut query = db.prepare_cached(sql)?;
    let forms = query.query_map([blob(id)], read_form)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let (originals, mut thumbnails): (Vec<_>, Vec<_>) =
        forms.into_iter().partition(|(variant, _)| *variant == Variant::Original);
    let Some((_, original)) = originals.into_iter().next() else { return Ok(None) };
    thumbnails.sort_by_key(|(variant, _)| *variant);

    let sql = "SELECT owner, purpose, name, duration, blurhash, keeps_metadata, charged, created
               FROM media WHERE id = ?1";
    let read = |row: &Row| {
        let duration: Option<i64> = row.get(3)?;
        Ok(Media {
            id,
            owner: read_id(row, 0)?,
            purpose: read_word(row, 1, Purpose::of_word, "a purpose")?,
            name: FileName::stored(row.get(2)?),
            original,
            thumbnails,
            duration: duration.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis),
            blurhash: row.get(4)?,
            keeps_metadata: row.get(5)?,
            charged: read_count(row, 6)?,
            created: read_time(row, 7)?,
        })
    };
    db.prepare_cached(sql)?.query_row([blob(id)], read).optional()
}

fn read_form(row: &Row) -> rusqlite::Result<(Variant, Form)> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get(4)?, row.get(5)?);
    let form = Form {
        key: read_key(row, 1)?,
        size: read_count(row, 2)?,
        content_type: read_word(row, 3, ContentType::of_mime, "a type")?,
        dimensions: width.zip(height),
    };
    Ok((read_word(row, 0, Variant::of_word, "a variant")?, form))
}
