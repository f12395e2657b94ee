//! The log, in SQL.

use confab_core::page::Page;
use confab_core::{ConversationId, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};

use super::{blob, id};
use crate::domain::{Draft, Event, EventKind, Head, Text};
use crate::store::Appended;

/// The number of [`EventKind::MessageSent`] in the column `kind`.
const MESSAGE_SENT: i64 = 1;

/// See [`MessageStore::append`](crate::store::MessageStore::append). Runs in a
/// transaction, and nobody else writes meanwhile.
pub fn append(
    sql: &Connection,
    conversation: ConversationId,
    drafts: &[Draft],
    now: Timestamp,
) -> Result<Vec<Appended>> {
    let mut head = head(sql, conversation)?;
    let mut outcomes = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let event = head.next(conversation, draft, now);
        if insert(sql, &event)? {
            head = Head::from(&event);
            advance_read_mark(sql, &event)?;
            outcomes.push(Appended::Stored(event));
        } else {
            outcomes.push(Appended::from_original(find_original(sql, conversation, draft)?, draft));
        }
    }
    Ok(outcomes)
}

/// Returns how far `conversation` has come.
pub fn head(sql: &Connection, conversation: ConversationId) -> Result<Head> {
    let mut statement =
        sql.prepare_cached("SELECT seq, ordinal FROM log WHERE conversation = ? ORDER BY seq DESC LIMIT 1")?;
    let read = |row: &Row<'_>| Ok(Head { seq: row.get("seq")?, ordinal: row.get("ordinal")? });
    Ok(statement.query_row([blob(conversation)], read).optional()?.unwrap_or_default())
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

/// Returns the messages on `page`, newest first.
pub fn list_before(sql: &Connection, conversation: ConversationId, page: Page<i64>) -> Result<Vec<Event>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log WHERE conversation = ? AND seq < ? AND kind = ? ORDER BY seq DESC LIMIT ?",
    )?;
    let before = page.after.unwrap_or(i64::MAX);
    statement
        .query_map(params![blob(conversation), before, MESSAGE_SENT, super::limit(page.size)], event)?
        .collect()
}

/// Returns the newest message of `conversation`.
pub fn last_message(sql: &Connection, conversation: ConversationId) -> Result<Option<Event>> {
    Ok(list_before(sql, conversation, Page { size: 1, after: None })?.pop())
}

/// Writes `event`, unless its actor has used its client id before. The index
/// `log_by_client` knows.
fn insert(sql: &Connection, event: &Event) -> Result<bool> {
    let mut statement = sql.prepare_cached(
        "INSERT INTO log (conversation, seq, ordinal, actor, client, created, kind, text)
         VALUES (:conversation, :seq, :ordinal, :actor, :client, :created, :kind, :text)
         ON CONFLICT (conversation, actor, client) WHERE client IS NOT NULL DO NOTHING",
    )?;
    let EventKind::MessageSent { client, text } = &event.kind;
    let written = statement.execute(named_params! {
        ":conversation": blob(event.conversation),
        ":seq": event.seq,
        ":ordinal": event.ordinal,
        ":actor": blob(event.actor),
        ":client": blob(*client),
        ":created": event.created.as_millis(),
        ":kind": MESSAGE_SENT,
        ":text": text.as_str(),
    })?;
    Ok(written == 1)
}

fn find_original(sql: &Connection, conversation: ConversationId, draft: &Draft) -> Result<Event> {
    let mut statement =
        sql.prepare_cached("SELECT * FROM log WHERE conversation = ? AND actor = ? AND client = ?")?;
    statement.query_row([blob(conversation), blob(draft.sender), blob(draft.client)], event)
}

/// Whoever says something has read what was said before.
fn advance_read_mark(sql: &Connection, event: &Event) -> Result<()> {
    let mut statement = sql.prepare_cached(
        "UPDATE members SET read_seq = ?, read_ordinal = ? WHERE conversation = ? AND member = ?",
    )?;
    statement.execute(params![event.seq, event.ordinal, blob(event.conversation), blob(event.actor)])?;
    Ok(())
}

fn event(row: &Row<'_>) -> Result<Event> {
    Ok(Event {
        conversation: id(row, "conversation")?,
        seq: row.get("seq")?,
        ordinal: row.get("ordinal")?,
        actor: id(row, "actor")?,
        created: Timestamp::from_millis(row.get("created")?),
        kind: kind(row)?,
    })
}

fn kind(row: &Row<'_>) -> Result<EventKind> {
    match row.get("kind")? {
        MESSAGE_SENT => Ok(EventKind::MessageSent {
            client: id(row, "client")?,
            text: Text::from_store(row.get("text")?),
        }),
        unknown => {
            let problem = format!("there is no kind {unknown} of events");
            Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, problem.into()))
        }
    }
}
