//! How members want conversations to be shown, in SQL.

use confab_core::{ConversationId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{blob, log};
use crate::domain::{Setting, Settings};

/// See [`MessageStore::set`](crate::store::MessageStore::set).
pub fn change(
    sql: &Connection,
    conversation: ConversationId,
    member: UserId,
    setting: Setting,
    now: Timestamp,
) -> Result<()> {
    let mut statement = sql.prepare_cached(
        "SELECT muted_until, archived_at FROM members WHERE conversation = ? AND member = ?",
    )?;
    let kept = statement.query_row([blob(conversation), blob(member)], read).optional()?;
    let Some(kept) = kept else { return Ok(()) };
    let wanted = kept.with(setting, log::head(sql, conversation)?, now);
    let mut statement = sql.prepare_cached(
        "UPDATE members SET muted_until = ?, archived_at = ? WHERE conversation = ? AND member = ?",
    )?;
    statement.execute(params![
        wanted.muted_until.map(Timestamp::as_millis),
        wanted.archived_at,
        blob(conversation),
        blob(member),
    ])?;
    Ok(())
}

/// Reads the settings of a member.
pub fn read(row: &Row<'_>) -> Result<Settings> {
    let muted_until: Option<i64> = row.get("muted_until")?;
    Ok(Settings {
        muted_until: muted_until.map(Timestamp::from_millis),
        archived_at: row.get("archived_at")?,
    })
}
