//! Conversations and their members, in SQL.

use confab_core::page::Page;
use confab_core::{ConversationId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};

use super::{blob, id, limit, log};
use crate::domain::{Conversation, Head, Overview};
use crate::store::{CONVERSATIONS_MAX, ConversationCursor};

/// See [`MessageStore::open_conversation`](crate::store::MessageStore::open_conversation).
pub fn open(sql: &Connection, conversation: &Conversation) -> Result<Conversation> {
    let mut insert = sql.prepare_cached("INSERT OR IGNORE INTO conversations (id, created) VALUES (?, ?)")?;
    let new = insert.execute(params![blob(conversation.id), conversation.created.as_millis()])? == 1;
    if new {
        let mut insert = sql.prepare_cached("INSERT INTO members (conversation, member) VALUES (?, ?)")?;
        for member in &conversation.members {
            insert.execute([blob(conversation.id), blob(*member)])?;
        }
    }
    read(sql, conversation.id)
}

/// Returns the members of a conversation, in the order of their ids.
pub fn members(sql: &Connection, conversation: ConversationId) -> Result<Vec<UserId>> {
    let mut statement =
        sql.prepare_cached("SELECT member FROM members WHERE conversation = ? ORDER BY member")?;
    statement.query_map([blob(conversation)], |row| id(row, "member"))?.collect()
}

/// Returns a conversation as `member` sees it.
pub fn overview(sql: &Connection, conversation: ConversationId, member: UserId) -> Result<Option<Overview>> {
    match read_mark(sql, conversation, member)? {
        Some(read) => Ok(Some(overview_with(sql, conversation, read)?)),
        None => Ok(None),
    }
}

/// Returns the conversations of `member` on `page`, the last active first.
pub fn list(sql: &Connection, member: UserId, page: Page<ConversationCursor>) -> Result<Vec<Overview>> {
    let mut statement = sql.prepare_cached(
        "WITH mine AS (
             SELECT m.conversation, m.read_seq, m.read_ordinal, coalesce(
                 (SELECT created FROM log WHERE conversation = m.conversation ORDER BY seq DESC LIMIT 1),
                 c.created
             ) AS active
             FROM members m JOIN conversations c ON c.id = m.conversation
             WHERE m.member = :member
         )
         SELECT conversation, read_seq, read_ordinal FROM mine
         WHERE :active IS NULL OR (active, conversation) < (:active, :id)
         ORDER BY active DESC, conversation DESC LIMIT :limit",
    )?;
    let (active, after) = page.after.unzip();
    let found = statement.query_map(
        named_params! {
            ":member": blob(member),
            ":active": active.map(Timestamp::as_millis),
            ":id": after.map(uuid::Uuid::into_bytes),
            ":limit": limit(page.size),
        },
        |row| Ok((id(row, "conversation")?, mark(row)?)),
    )?;
    found.map(|found| found.and_then(|(conversation, read)| overview_with(sql, conversation, read))).collect()
}

/// Returns how far each conversation of `member` has come.
pub fn heads(sql: &Connection, member: UserId) -> Result<Vec<(ConversationId, Head)>> {
    let mut statement = sql.prepare_cached("SELECT conversation FROM members WHERE member = ? LIMIT ?")?;
    let found = statement
        .query_map(params![blob(member), limit(CONVERSATIONS_MAX)], |row| id(row, "conversation"))?;
    found
        .map(|conversation| {
            let conversation = conversation?;
            Ok((conversation, log::head(sql, conversation)?))
        })
        .collect()
}

/// Moves the read mark of `member` forward to the event `seq`.
pub fn mark_read(
    sql: &Connection,
    conversation: ConversationId,
    member: UserId,
    seq: i64,
) -> Result<Option<Head>> {
    let mut update = sql.prepare_cached(
        "UPDATE members SET read_seq = log.seq, read_ordinal = log.ordinal FROM log
         WHERE members.conversation = :conversation AND members.member = :member
           AND log.conversation = :conversation AND log.seq = :seq AND members.read_seq < log.seq",
    )?;
    let moved = update.execute(named_params! {
        ":conversation": blob(conversation), ":member": blob(member), ":seq": seq,
    })?;
    if moved == 0 && seq > log::head(sql, conversation)?.seq {
        return Ok(None);
    }
    read_mark(sql, conversation, member)
}

fn read(sql: &Connection, conversation: ConversationId) -> Result<Conversation> {
    let mut statement = sql.prepare_cached("SELECT created FROM conversations WHERE id = ?")?;
    let created = statement.query_row([blob(conversation)], |row| row.get("created"))?;
    let created = Timestamp::from_millis(created);
    Ok(Conversation { id: conversation, members: members(sql, conversation)?, created })
}

fn read_mark(sql: &Connection, conversation: ConversationId, member: UserId) -> Result<Option<Head>> {
    let mut statement = sql
        .prepare_cached("SELECT read_seq, read_ordinal FROM members WHERE conversation = ? AND member = ?")?;
    statement.query_row([blob(conversation), blob(member)], mark).optional()
}

fn mark(row: &Row<'_>) -> Result<Head> {
    Ok(Head { seq: row.get("read_seq")?, ordinal: row.get("read_ordinal")? })
}

fn overview_with(sql: &Connection, conversation: ConversationId, read_mark: Head) -> Result<Overview> {
    Ok(Overview {
        conversation: read(sql, conversation)?,
        head: log::head(sql, conversation)?,
        last_message: log::last_message(sql, conversation)?,
        read: read_mark,
    })
}
