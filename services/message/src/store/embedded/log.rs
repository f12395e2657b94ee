//! The log, in SQL.

use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{blob, id};
use crate::domain::{Event, EventKind, Head};
use crate::store::record::{Record, stays_live};

/// Returns how far `conversation` has come.
pub fn head(sql: &Connection, conversation: ConversationId) -> Result<Head> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, ordinal, revision, last_message FROM log WHERE conversation = ? ORDER BY seq DESC LIMIT 1",
    )?;
    let head = statement.query_row([blob(conversation)], |row| at(row, 0)).optional()?;
    Ok(head.unwrap_or_default())
}

/// Returns up to `limit` events after the number `after`, oldest first.
pub fn list_after(
    sql: &Connection,
    conversation: ConversationId,
    after: i64,
    limit: usize,
) -> Result<Vec<Event>> {
    let mut statement =
        sql.prepare_cached("SELECT * FROM log WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?")?;
    statement.query_map(params![blob(conversation), after, super::limit(limit)], event)?.collect()
}

/// Returns the newest events between two numbers that changed the group itself, newest first.
pub fn notes(
    sql: &Connection,
    conversation: ConversationId,
    (after, before): (i64, i64),
    most: usize,
) -> Result<Vec<Event>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log WHERE conversation = ? AND seq > ? AND seq < ? AND kind BETWEEN 8 AND 12
         ORDER BY seq DESC LIMIT ?",
    )?;
    statement.query_map(params![blob(conversation), after, before, super::limit(most)], event)?.collect()
}

/// See [`MessageStore::list_said`](crate::store::MessageStore::list_said).
pub fn list_said(
    sql: &Connection,
    conversation: ConversationId,
    sender: UserId,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>> {
    // 1 is the number of what was sent, which always has a client id.
    let mut statement = sql.prepare_cached(
        "SELECT seq FROM log INDEXED BY log_by_client
         WHERE conversation = ? AND actor = ? AND client IS NOT NULL AND kind = 1 AND text IS NOT NULL
           AND seq > ? ORDER BY seq LIMIT ?",
    )?;
    let theirs = params![blob(conversation), blob(sender), after, super::limit(limit)];
    statement.query_map(theirs, |row| row.get(0))?.collect()
}

/// Returns the event that `actor` calls `client`.
pub fn find_by_client(
    sql: &Connection,
    conversation: ConversationId,
    actor: UserId,
    client: ClientId,
) -> Result<Option<Event>> {
    let mut statement =
        sql.prepare_cached("SELECT * FROM log WHERE conversation = ? AND actor = ? AND client = ?")?;
    statement.query_row([blob(conversation), blob(actor), blob(client)], event).optional()
}

/// Writes `event`.
pub fn insert(sql: &Connection, event: &Event) -> Result<()> {
    let mut statement =
        sql.prepare_cached("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let record = Record::from(&event.kind);
    statement.execute(params![
        blob(event.conversation),
        event.at.seq,
        event.at.ordinal,
        event.at.revision,
        event.at.last_message,
        blob(event.actor),
        event.client.map(blob),
        event.created.as_millis(),
        record.kind,
        record.target,
        stays_live(&event.kind).then_some(1),
        record.text,
        record.detail.map(|detail| json(&detail)).transpose()?,
    ])?;
    Ok(())
}

/// Where the columns of `log` are. By name, each value of each row would cost a
/// comparison with the names of all columns before it.
mod column {
    pub const CONVERSATION: usize = 0;
    /// The first of those that a [`Head`](crate::domain::Head) is made of.
    pub const SEQ: usize = 1;
    pub const ACTOR: usize = 5;
    pub const CLIENT: usize = 6;
    pub const CREATED: usize = 7;
    pub const KIND: usize = 8;
    pub const TARGET: usize = 9;
    pub const TEXT: usize = 11;
    pub const DETAIL: usize = 12;
}

/// Reads an event from a row with all columns of `log`.
pub fn event(row: &Row<'_>) -> Result<Event> {
    let client: Option<[u8; 16]> = row.get(column::CLIENT)?;
    Ok(Event {
        conversation: id(row, column::CONVERSATION)?,
        at: at(row, column::SEQ)?,
        actor: id(row, column::ACTOR)?,
        client: client.map(|bytes| ClientId::from_uuid(uuid::Uuid::from_bytes(bytes))),
        created: Timestamp::from_millis(row.get(column::CREATED)?),
        kind: kind(row)?,
    })
}

/// Reads a head from four columns, of which the first is at `first`.
fn at(row: &Row<'_>, first: usize) -> Result<Head> {
    Ok(Head {
        seq: row.get(first)?,
        ordinal: row.get(first + 1)?,
        revision: row.get(first + 2)?,
        last_message: row.get(first + 3)?,
    })
}

fn kind(row: &Row<'_>) -> Result<EventKind> {
    let detail: Option<String> = row.get(column::DETAIL)?;
    let record = Record {
        kind: row.get(column::KIND)?,
        target: row.get(column::TARGET)?,
        text: row.get(column::TEXT)?,
        detail: detail.map(|detail| serde_json::from_str(&detail)).transpose().map_err(unreadable)?,
    };
    EventKind::try_from(record).map_err(|error: StoreError| unreadable(error))
}

fn json(detail: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(detail).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// What is kept is not what we keep.
pub fn unreadable(problem: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_where_they_are_read() {
        let sql = Connection::open_in_memory().unwrap();
        sql.execute_batch(include_str!("../schema.sql")).unwrap();
        let statement = sql.prepare("SELECT * FROM log").unwrap();
        let names: Vec<&str> = statement.column_names().collect();
        for (place, name) in [
            (column::CONVERSATION, "conversation"),
            (column::SEQ, "seq"),
            (column::SEQ + 1, "ordinal"),
            (column::SEQ + 2, "revision"),
            (column::SEQ + 3, "last_message"),
            (column::ACTOR, "actor"),
            (column::CLIENT, "client"),
            (column::CREATED, "created"),
            (column::KIND, "kind"),
            (column::TARGET, "target"),
            (column::TEXT, "text"),
            (column::DETAIL, "detail"),
        ] {
            assert_eq!(names[place], name);
        }
    }
}
