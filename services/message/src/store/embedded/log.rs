//! The log, in SQL.

use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};

use super::{blob, id};
use crate::domain::{Event, EventKind, Head};
use crate::store::record::{Record, stays_live};

/// Returns how far `conversation` has come.
pub fn head(sql: &Connection, conversation: ConversationId) -> Result<Head> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, ordinal, revision, last_message FROM log WHERE conversation = ? ORDER BY seq DESC LIMIT 1",
    )?;
    Ok(statement.query_row([blob(conversation)], at).optional()?.unwrap_or_default())
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
    let mut statement = sql.prepare_cached(
        "INSERT INTO log (conversation, seq, ordinal, revision, last_message, actor, client, created, kind,
                          target, live, text, detail)
         VALUES (:conversation, :seq, :ordinal, :revision, :last_message, :actor, :client, :created, :kind,
                 :target, :live, :text, :detail)",
    )?;
    let record = Record::from(&event.kind);
    statement.execute(named_params! {
        ":conversation": blob(event.conversation),
        ":seq": event.at.seq,
        ":ordinal": event.at.ordinal,
        ":revision": event.at.revision,
        ":last_message": event.at.last_message,
        ":actor": blob(event.actor),
        ":client": event.client.map(blob),
        ":created": event.created.as_millis(),
        ":kind": record.kind,
        ":target": record.target,
        ":live": stays_live(&event.kind).then_some(1),
        ":text": record.text,
        ":detail": record.detail.map(|detail| json(&detail)).transpose()?,
    })?;
    Ok(())
}

/// Reads an event.
pub fn event(row: &Row<'_>) -> Result<Event> {
    Ok(Event {
        conversation: id(row, "conversation")?,
        at: at(row)?,
        actor: id(row, "actor")?,
        client: row
            .get::<_, Option<[u8; 16]>>("client")?
            .map(|bytes| ClientId::from_uuid(uuid::Uuid::from_bytes(bytes))),
        created: Timestamp::from_millis(row.get("created")?),
        kind: kind(row)?,
    })
}

fn at(row: &Row<'_>) -> Result<Head> {
    Ok(Head {
        seq: row.get("seq")?,
        ordinal: row.get("ordinal")?,
        revision: row.get("revision")?,
        last_message: row.get("last_message")?,
    })
}

fn kind(row: &Row<'_>) -> Result<EventKind> {
    let detail: Option<String> = row.get("detail")?;
    let detail = detail.map(|detail| serde_json::from_str(&detail)).transpose().map_err(unreadable)?;
    let record =
        Record { kind: row.get("kind")?, target: row.get("target")?, text: row.get("text")?, detail };
    EventKind::try_from(record).map_err(|error: StoreError| unreadable(error))
}

fn json(detail: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(detail).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// What is kept is not what we keep.
pub fn unreadable(problem: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(problem))
}
