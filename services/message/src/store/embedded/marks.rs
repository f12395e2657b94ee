//! How far people have got, and read, in SQL.

use confab_core::{ConversationId, UserId};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};

use super::{blob, id};
use crate::domain::{Advance, Event, Mark, Marks};

/// See [`MessageStore::advance_marks`](crate::store::MessageStore::advance_marks).
pub fn advance(sql: &Connection, advances: &[Advance]) -> Result<Vec<Option<Marks>>> {
    advances.iter().map(|advance| advance_one(sql, advance)).collect()
}

fn advance_one(sql: &Connection, advance: &Advance) -> Result<Option<Marks>> {
    let (conversation, member) = (blob(advance.conversation), blob(advance.member));
    if advance.read > 0 {
        sql.prepare_cached(
            "UPDATE members SET read_seq = log.seq, read_ordinal = log.ordinal FROM log
             WHERE members.conversation = :conversation AND members.member = :member
               AND log.conversation = :conversation AND log.seq = :seq AND members.read_seq < log.seq",
        )?
        .execute(named_params! {
            ":conversation": conversation, ":member": member, ":seq": advance.read,
        })?;
    }
    if advance.delivered > 0 {
        sql.prepare_cached(
            "UPDATE members SET delivered_seq = log.seq FROM log
             WHERE members.conversation = :conversation AND members.member = :member
               AND log.conversation = :conversation AND log.seq = :seq AND members.delivered_seq < log.seq",
        )?
        .execute(named_params! {
            ":conversation": conversation, ":member": member, ":seq": advance.delivered,
        })?;
    }
    let mut statement = sql.prepare_cached("SELECT * FROM members WHERE conversation = ? AND member = ?")?;
    statement.query_row([conversation, member], marks).optional()
}

/// Returns how far each member of `conversation` has come.
pub fn list(sql: &Connection, conversation: ConversationId) -> Result<Vec<(UserId, Marks)>> {
    let mut statement = sql.prepare_cached("SELECT * FROM members WHERE conversation = ?")?;
    statement.query_map([blob(conversation)], |row| Ok((id(row, "member")?, marks(row)?)))?.collect()
}

/// Whoever says something has read what was said before.
pub fn advance_sender(sql: &Connection, event: &Event) -> Result<()> {
    let mut statement = sql.prepare_cached(
        "UPDATE members SET read_seq = ?, read_ordinal = ? WHERE conversation = ? AND member = ?",
    )?;
    let Mark { seq, ordinal } = event.at.into();
    statement.execute(params![seq, ordinal, blob(event.conversation), blob(event.actor)])?;
    Ok(())
}

fn marks(row: &Row<'_>) -> Result<Marks> {
    Ok(Marks::new(read_mark(row)?, row.get("delivered_seq")?))
}

/// Reads how far a member has read.
pub fn read_mark(row: &Row<'_>) -> Result<Mark> {
    Ok(Mark { seq: row.get("read_seq")?, ordinal: row.get("read_ordinal")? })
}
