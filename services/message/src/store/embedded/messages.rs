//! Messages as they look now, in SQL.

use std::collections::HashMap;

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
    folded(sql, conversation, sent.collect::<Result<_>>()?)
}

/// Returns those of the messages `seqs` that there are, in the order of their numbers.
pub fn find(sql: &Connection, conversation: ConversationId, seqs: &[i64]) -> Result<Vec<Message>> {
    let mut seqs = seqs.to_vec();
    seqs.sort_unstable();
    seqs.iter().map(|seq| find_one(sql, conversation, *seq)).filter_map(Result::transpose).collect()
}

/// Returns the message `seq`, if there is one.
pub fn find_one(sql: &Connection, conversation: ConversationId, seq: i64) -> Result<Option<Message>> {
    let mut statement =
        sql.prepare_cached("SELECT * FROM log WHERE conversation = ? AND seq = ? AND kind = 1")?;
    let sent = statement.query_row(params![blob(conversation), seq], log::event).optional()?;
    Ok(folded(sql, conversation, sent.into_iter().collect())?.pop())
}

/// Returns the events that edited the message `target`, newest first.
pub fn edits(
    sql: &Connection,
    conversation: ConversationId,
    target: i64,
    page: Page<i64>,
) -> Result<Vec<Event>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log INDEXED BY log_of_edits
         WHERE conversation = ? AND target = ? AND kind = 2 AND seq < ?
         ORDER BY seq DESC LIMIT ?",
    )?;
    let before = page.after.unwrap_or(i64::MAX);
    let found =
        statement.query_map(params![blob(conversation), target, before, limit(page.size)], log::event)?;
    found.collect()
}

/// What the messages that were `sent` look like after everything that happened
/// to them, in the same order.
fn folded(sql: &Connection, conversation: ConversationId, sent: Vec<Event>) -> Result<Vec<Message>> {
    let mut messages: Vec<Message> = sent.into_iter().filter_map(Message::sent_by).collect();
    let seqs = || messages.iter().map(Message::seq);
    let (Some(first), Some(last)) = (seqs().min(), seqs().max()) else { return Ok(messages) };

    // The index is named because the planner takes the primary key to be as
    // good, and reads the whole conversation.
    let mut statement = sql.prepare_cached(
        "SELECT * FROM log INDEXED BY log_by_target
         WHERE conversation = ? AND target BETWEEN ? AND ? AND live = 1 ORDER BY target, seq",
    )?;
    let mut live: HashMap<i64, Vec<Event>> = HashMap::new();
    for event in statement.query_map(params![blob(conversation), first, last], log::event)? {
        let event = event?;
        live.entry(event.kind.target().unwrap_or_default()).or_default().push(event);
    }
    for message in &mut messages {
        let happened = live.remove(&message.seq()).unwrap_or_default();
        for event in &happened {
            message.apply(event);
        }
    }
    Ok(messages)
}
