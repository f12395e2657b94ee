//! Messages as they look now, in SQL.

use confab_core::ConversationId;
use confab_core::page::Page;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{blob, limit, log};
use crate::domain::{Event, Message};

/// Returns the messages on `page`, newest first.
pub fn list(sql: &Connection, conversation: ConversationId, page: Page<i64>) -> Result<Vec<Message>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log WHERE conversation = ? AND seq < ? AND kind = 1 ORDER BY seq DESC LIMIT ?",
    )?;
    let before = page.after.unwrap_or(i64::MAX);
    let sent = statement.query_map(params![blob(conversation), before, limit(page.size)], log::event)?;
    sent.map(|sent| folded(sql, sent?)).filter_map(Result::transpose).collect()
}

/// Returns those of the messages `seqs` that there are.
pub fn find(sql: &Connection, conversation: ConversationId, seqs: &[i64]) -> Result<Vec<Message>> {
    seqs.iter().map(|seq| find_one(sql, conversation, *seq)).filter_map(Result::transpose).collect()
}

/// Returns the message `seq`, if there is one.
pub fn find_one(sql: &Connection, conversation: ConversationId, seq: i64) -> Result<Option<Message>> {
    let mut statement =
        sql.prepare_cached("SELECT * FROM log WHERE conversation = ? AND seq = ? AND kind = 1")?;
    let sent = statement.query_row(params![blob(conversation), seq], log::event).optional()?;
    sent.map_or(Ok(None), |sent| folded(sql, sent))
}

/// Returns the events that edited the message `target`, newest first.
pub fn edits(
    sql: &Connection,
    conversation: ConversationId,
    target: i64,
    page: Page<i64>,
) -> Result<Vec<Event>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log WHERE conversation = ? AND target = ? AND kind = 2 AND seq < ?
         ORDER BY seq DESC LIMIT ?",
    )?;
    let before = page.after.unwrap_or(i64::MAX);
    let found =
        statement.query_map(params![blob(conversation), target, before, limit(page.size)], log::event)?;
    found.collect()
}

/// What `sent` looks like after everything that happened to it.
fn folded(sql: &Connection, sent: Event) -> Result<Option<Message>> {
    let Some(mut message) = Message::sent_by(sent) else { return Ok(None) };
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log WHERE conversation = ? AND target = ? AND live = 1 ORDER BY seq",
    )?;
    let live = statement.query_map(params![blob(message.conversation), message.seq()], log::event)?;
    for event in live {
        message.apply(&event?);
    }
    Ok(Some(message))
}
