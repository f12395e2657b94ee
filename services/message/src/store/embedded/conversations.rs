//! Conversations and their members, in SQL.

use std::sync::Arc;

use confab_core::page::Page;
use confab_core::{ConversationId, MediaId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};
use uuid::Uuid;

use super::{blob, id, limit, log, marks, messages, settings};
use crate::domain::{Conversation, Event, EventKind, Form, Mark, Member, Overview, Profile, Settings, Shelf};
use crate::store::record::{self, role_number};
use crate::store::{CONVERSATIONS_MAX, ConversationCursor, MemberHead};

/// See [`MessageStore::open_direct`](crate::store::MessageStore::open_direct).
pub fn open_direct(sql: &Connection, conversation: &Conversation) -> Result<()> {
    let mut find = sql.prepare_cached("SELECT 1 FROM conversations WHERE id = ?")?;
    if find.exists([blob(conversation.id)])? {
        return Ok(());
    }
    write(sql, conversation)?;
    conversation
        .members
        .iter()
        .try_for_each(|member| write_member(sql, conversation.id, member, Mark::default()))
}

/// See [`MessageStore::list_ids`](crate::store::MessageStore::list_ids).
pub fn list_ids(sql: &Connection, after: Option<ConversationId>, size: usize) -> Result<Vec<ConversationId>> {
    let mut statement =
        sql.prepare_cached("SELECT id FROM conversations WHERE id > ? ORDER BY id LIMIT ?")?;
    // The empty id comes before all others.
    let after = after.map_or_else(Vec::new, |after| blob(after).to_vec());
    statement.query_map(params![after, limit(size)], |row| id(row, "id"))?.collect()
}

/// Writes what a conversation is like, without its members.
pub fn write(sql: &Connection, conversation: &Conversation) -> Result<()> {
    let mut statement = sql.prepare_cached(
        "INSERT INTO conversations (id, created, revision, history, title, description, picture, pins)
         VALUES (:id, :created, :revision, :history, :title, :description, :picture, :pins)
         ON CONFLICT (id) DO UPDATE SET revision = :revision, title = :title, description = :description,
             picture = :picture, pins = :pins",
    )?;
    let group = match &conversation.form {
        Form::Direct => None,
        Form::Group { profile, history } => Some((profile, record::history_number(*history))),
    };
    let pins = serde_json::to_string(&conversation.pins).map_err(log::unreadable)?;
    statement.execute(named_params! {
        ":id": blob(conversation.id),
        ":created": conversation.created.as_millis(),
        ":revision": conversation.revision,
        ":history": group.map(|(_, history)| history),
        ":title": group.map(|(profile, _)| &profile.title),
        ":description": group.map(|(profile, _)| &profile.description),
        ":picture": group.and_then(|(profile, _)| profile.picture.map(blob)),
        ":pins": pins,
    })?;
    Ok(())
}

/// Writes what `event` changed about the members of `conversation`.
pub fn write_members(sql: &Connection, conversation: &Conversation, event: &Event) -> Result<()> {
    // Who joins has nothing to catch up with.
    let read = Mark::from(event.at);
    let write = |user: &UserId| match conversation.member(*user) {
        Some(member) => write_member(sql, conversation.id, member, read),
        None => remove_member(sql, conversation.id, *user),
    };
    match &event.kind {
        EventKind::GroupCreated(_) => conversation.members.iter().try_for_each(|member| write(&member.user)),
        EventKind::MembersJoined { members } => members.iter().try_for_each(write),
        EventKind::MemberLeft { member } | EventKind::RoleChanged { member, .. } => write(member),
        _ => Ok(()),
    }
}

fn write_member(sql: &Connection, conversation: ConversationId, member: &Member, read: Mark) -> Result<()> {
    let mut statement = sql.prepare_cached(
        "INSERT INTO members (conversation, member, role, since_seq, since_ordinal, read_seq, read_ordinal,
                              delivered_seq)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (conversation, member) DO UPDATE SET role = excluded.role",
    )?;
    let since = member.since;
    statement.execute(params![
        blob(conversation),
        blob(member.user),
        role_number(member.role),
        since.seq,
        since.ordinal,
        read.seq,
        read.ordinal,
        read.seq,
    ])?;
    Ok(())
}

fn remove_member(sql: &Connection, conversation: ConversationId, member: UserId) -> Result<()> {
    let mut statement = sql.prepare_cached("DELETE FROM members WHERE conversation = ? AND member = ?")?;
    statement.execute([blob(conversation), blob(member)])?;
    Ok(())
}

/// Returns a conversation, if there is one.
pub fn read(sql: &Connection, conversation: ConversationId) -> Result<Option<Conversation>> {
    let mut statement = sql.prepare_cached("SELECT * FROM conversations WHERE id = ?")?;
    let found = statement
        .query_row([blob(conversation)], |row| {
            let pins: String = row.get("pins")?;
            Ok(Conversation {
                id: conversation,
                form: form(row)?,
                members: Vec::new(),
                pins: serde_json::from_str(&pins).map_err(log::unreadable)?,
                created: Timestamp::from_millis(row.get("created")?),
                revision: row.get("revision")?,
            })
        })
        .optional()?;
    found.map(|found| Ok(Conversation { members: members(sql, conversation)?, ..found })).transpose()
}

fn form(row: &Row<'_>) -> Result<Form> {
    let Some(history) = row.get::<_, Option<i32>>("history")? else { return Ok(Form::Direct) };
    let picture: Option<[u8; 16]> = row.get("picture")?;
    let profile = Profile {
        title: row.get("title")?,
        description: row.get("description")?,
        picture: picture.map(|bytes| MediaId::from_uuid(Uuid::from_bytes(bytes))),
    };
    Ok(Form::Group { profile, history: record::history(history).map_err(log::unreadable)? })
}

fn members(sql: &Connection, conversation: ConversationId) -> Result<Vec<Member>> {
    let mut statement = sql.prepare_cached("SELECT * FROM members WHERE conversation = ? ORDER BY member")?;
    let read = |row: &Row<'_>| {
        Ok(Member {
            user: id(row, "member")?,
            role: record::role(row.get("role")?).map_err(log::unreadable)?,
            since: since(row)?,
        })
    };
    statement.query_map([blob(conversation)], read)?.collect()
}

/// What is kept for one member of a conversation.
struct Own {
    read: Mark,
    settings: Settings,
}

/// Returns a conversation as `member` sees it.
pub fn overview(sql: &Connection, conversation: ConversationId, member: UserId) -> Result<Option<Overview>> {
    let mut statement = sql.prepare_cached("SELECT * FROM members WHERE conversation = ? AND member = ?")?;
    match statement.query_row([blob(conversation), blob(member)], own).optional()? {
        Some(own) => overview_with(sql, conversation, member, own),
        None => Ok(None),
    }
}

/// Returns the conversations of `member` on `page` that they keep in `place`,
/// the last active first.
pub fn list(
    sql: &Connection,
    member: UserId,
    place: Shelf,
    now: Timestamp,
    page: Page<ConversationCursor>,
) -> Result<Vec<Overview>> {
    // The newest event of a conversation knows which message is the newest, and
    // how many there are. The rule for the shelf is that of `Settings::shelf`.
    let mut statement = sql.prepare_cached(
        "WITH mine AS (
             SELECT m.*, c.created AS opened,
                 (SELECT max(seq) FROM log WHERE conversation = m.conversation) AS head
             FROM members m JOIN conversations c ON c.id = m.conversation
             WHERE m.member = :member
         ), active AS (
             SELECT mine.*,
                 coalesce(
                     (SELECT said.created FROM log said
                      WHERE said.conversation = mine.conversation AND said.seq = newest.last_message
                        AND newest.last_message > since_seq),
                     opened
                 ) AS active,
                 archived_at IS NOT NULL AND (
                     coalesce(newest.ordinal, 0) <= archived_at OR coalesce(muted_until, 0) > :now
                 ) AS archived
             FROM mine LEFT JOIN log newest ON newest.conversation = mine.conversation AND newest.seq = head
         )
         SELECT * FROM active
         WHERE archived = :archived AND (:active IS NULL OR (active, conversation) < (:active, :id))
         ORDER BY active DESC, conversation DESC LIMIT :limit",
    )?;
    let (active, after) = page.after.unzip();
    let found = statement.query_map(
        named_params! {
            ":member": blob(member),
            ":now": now.as_millis(),
            ":archived": place == Shelf::Archive,
            ":active": active.map(Timestamp::as_millis),
            ":id": after.map(Uuid::into_bytes),
            ":limit": limit(page.size),
        },
        |row| Ok((id(row, "conversation")?, own(row)?)),
    )?;
    let overview = |found: Result<(ConversationId, Own)>| {
        let (conversation, own) = found?;
        overview_with(sql, conversation, member, own)
    };
    found.map(overview).filter_map(Result::transpose).collect()
}

/// Returns how far each conversation of each of `members` has come.
pub fn heads(sql: &Connection, members: &[UserId]) -> Result<Vec<MemberHead>> {
    let mut statement = sql.prepare_cached(
        "SELECT conversation, since_seq, since_ordinal FROM members WHERE member = ? LIMIT ?",
    )?;
    let mut heads = Vec::new();
    for member in members.iter().copied() {
        let found = statement.query_map(params![blob(member), limit(CONVERSATIONS_MAX)], |row| {
            let conversation = id(row, "conversation")?;
            let (since, head) = (since(row)?, log::head(sql, conversation)?);
            Ok(MemberHead { member, conversation, since, head })
        })?;
        for head in found {
            heads.push(head?);
        }
    }
    Ok(heads)
}

fn since(row: &Row<'_>) -> Result<Mark> {
    Ok(Mark { seq: row.get("since_seq")?, ordinal: row.get("since_ordinal")? })
}

fn own(row: &Row<'_>) -> Result<Own> {
    Ok(Own { read: marks::read_mark(row)?, settings: settings::read(row)? })
}

fn overview_with(
    sql: &Connection,
    id: ConversationId,
    member: UserId,
    Own { read: read_mark, settings }: Own,
) -> Result<Option<Overview>> {
    let Some(conversation) = read(sql, id)? else { return Ok(None) };
    let head = log::head(sql, id)?;
    let since = conversation.member(member).map_or(i64::MAX, |member| member.since.seq);
    let last_message = match head.last_message {
        newest if newest > since => messages::find_one(sql, id, newest)?,
        _ => None,
    };
    Ok(Some(Overview { conversation: Arc::new(conversation), head, last_message, read: read_mark, settings }))
}
