//! Appending to the log, and what follows from it, in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use confab_core::ConversationId;
use rusqlite::{Connection, Result, named_params, params};

use super::{blob, conversations, log, marks, messages};
use crate::domain::{Conditions, Conversation, Draft, Event, EventKind, Message, State, Verdict};
use crate::store::Appended;
use crate::store::record::kind;

/// What was appended, and what the conversation is like after it.
pub struct Done {
    pub outcomes: Vec<Appended>,
    pub conversation: Option<Arc<Conversation>>,
}

/// See [`MessageStore::append`](crate::store::MessageStore::append). Runs in a
/// transaction, and nobody else writes meanwhile. `kept` is the conversation as
/// it was some time ago.
pub fn append(
    sql: &Connection,
    id: ConversationId,
    drafts: &[Draft],
    conditions: Conditions,
    kept: Option<Arc<Conversation>>,
) -> Result<Done> {
    let head = log::head(sql, id)?;
    let conversation = match kept.filter(|kept| kept.revision == head.revision) {
        Some(kept) => Some(kept),
        None => conversations::read(sql, id)?.map(Arc::new),
    };
    let messages = needed(sql, id, drafts)?;
    let mut state = State { id, head, conversation, messages };
    let outcomes =
        drafts.iter().map(|draft| append_one(sql, &mut state, draft, conditions)).collect::<Result<_>>()?;
    Ok(Done { outcomes, conversation: state.conversation })
}

/// The messages that something is to happen to.
fn needed(sql: &Connection, id: ConversationId, drafts: &[Draft]) -> Result<HashMap<i64, Message>> {
    let mut needed: Vec<i64> = drafts.iter().filter_map(|draft| draft.kind.needs()).collect();
    needed.sort_unstable();
    needed.dedup();
    let found = messages::find(sql, id, &needed)?;
    Ok(found.into_iter().map(|message| (message.seq(), message)).collect())
}

fn append_one(
    sql: &Connection,
    state: &mut State,
    draft: &Draft,
    conditions: Conditions,
) -> Result<Appended> {
    // Whoever sends a message twice is told so, whatever has happened since.
    if let Some(client) = draft.client
        && let Some(original) = log::find_by_client(sql, state.id, draft.actor, client)?
    {
        return Ok(Appended::from_original(original, draft));
    }
    let before = state.head.revision;
    match state.decide(draft, conditions) {
        Verdict::Happens(event) => {
            let changed = state.conversation.as_deref().filter(|_| event.at.revision > before);
            // A group is there before what happens in it: the log refers to it.
            changed.map_or(Ok(()), |changed| conversations::write(sql, changed))?;
            log::insert(sql, &event)?;
            changed.map_or(Ok(()), |changed| conversations::write_members(sql, changed, &event))?;
            follow(sql, &event)?;
            Ok(Appended::Stored(event))
        }
        Verdict::Unchanged => Ok(Appended::Unchanged),
        Verdict::Refused(refusal) => Ok(Appended::Refused(refusal)),
    }
}

/// Does what follows from `event` for other events, and for its actor.
fn follow(sql: &Connection, event: &Event) -> Result<()> {
    match &event.kind {
        EventKind::MessageSent(_) => marks::advance_sender(sql, event),
        EventKind::MessageEdited { target, .. } => retire(sql, event, *target, kind::MESSAGE_EDITED),
        EventKind::ReactionRemoved { target, emoji } => {
            sql.prepare_cached(
                "UPDATE log INDEXED BY log_by_target SET live = NULL
                 WHERE conversation = ? AND target = ? AND live = 1 AND actor = ? AND text = ?",
            )?
            .execute(params![
                blob(event.conversation),
                target,
                blob(event.actor),
                emoji.as_str()
            ])?;
            Ok(())
        }
        EventKind::MessagePinned { target } | EventKind::MessageUnpinned { target } => {
            retire(sql, event, *target, kind::MESSAGE_PINNED)?;
            retire(sql, event, *target, kind::MESSAGE_UNPINNED)
        }
        EventKind::MessageDeleted { target } => erase(sql, event, *target),
        _ => Ok(()),
    }
}

/// Takes what `event` supersedes out of the fold.
fn retire(sql: &Connection, event: &Event, target: i64, kind: i32) -> Result<()> {
    sql.prepare_cached(
        "UPDATE log INDEXED BY log_by_target SET live = NULL
         WHERE conversation = ? AND target = ? AND live = 1 AND seq < ? AND kind = ?",
    )?
    .execute(params![blob(event.conversation), target, event.seq(), kind])?;
    Ok(())
}

/// Takes what was said out of the store, together with all ways it was put.
fn erase(sql: &Connection, event: &Event, target: i64) -> Result<()> {
    let conversation = blob(event.conversation);
    let seq = event.seq();
    sql.prepare_cached(
        "UPDATE log INDEXED BY log_by_target SET live = NULL
         WHERE conversation = :conversation AND target = :target AND live = 1 AND seq < :seq",
    )?
    .execute(named_params! { ":conversation": conversation, ":target": target, ":seq": seq })?;
    sql.prepare_cached(
        "UPDATE log INDEXED BY log_of_edits SET text = NULL, detail = NULL
         WHERE conversation = :conversation AND target = :target AND kind = 2",
    )?
    .execute(named_params! { ":conversation": conversation, ":target": target })?;
    sql.prepare_cached(
        "UPDATE log SET text = NULL, detail = NULL WHERE conversation = :conversation AND seq = :target",
    )?
    .execute(named_params! { ":conversation": conversation, ":target": target })?;
    Ok(())
}
