//! `MessageService.ListMessages`.

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, Timestamp, UserId};

use super::size::cut_to_fit;
use crate::convert::Seen;
use crate::domain::{Event, Message};
use crate::error::Error;
use crate::members::Membership;
use crate::service::MessageService;

/// How much that happened to the group goes with a page of messages.
const NOTES_MAX: usize = 100;

/// Where a page begins that does not begin with the newest message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the first message that has a higher number.
    After(i64),
    /// With the first message that was stored then or later.
    At(Timestamp),
    /// With the how-manieth message.
    Ordinal(i64),
}

/// Some messages, newest first, and what happened between them.
pub struct Passage {
    /// The messages.
    pub messages: Vec<Seen>,
    /// Leads to what was said before; empty if nothing was.
    pub next: String,
    /// What happened to the group, oldest first.
    pub notes: Vec<Event>,
}

/// Returns a page of the messages of `conversation`, newest first.
pub async fn list_messages(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    (page, start): (Page<i64>, Option<Start>),
) -> Result<Passage, Error> {
    let membership = service.members.require(conversation, caller).await?;
    let part = match start {
        Some(start) if page.after.is_none() => from_start(service, &membership, page.size, start).await?,
        _ => back_from(service, &membership, page).await?,
    };
    let Part { messages, has_older, range } = part;
    let mut notes = service.store.list_notes(conversation, range, NOTES_MAX).await?;
    notes.reverse();
    // With what is pinned since it was last looked at, perhaps on another node.
    let membership = service.members.as_of(membership, &messages).await?;
    let membership = service.members.as_of(membership, &notes).await?;
    let kept = membership.conversation.clone();
    let next = match messages.last() {
        Some(oldest) if has_older => encode_token(&oldest.seq()),
        _ => String::new(),
    };
    let messages = service.members.visible(membership, messages).await?;
    let messages = messages.into_iter().map(|message| Seen::new(message, caller, &kept)).collect();
    Ok(Passage { messages, next, notes })
}

/// A part of a conversation.
struct Part {
    /// Newest first.
    messages: Vec<Message>,
    has_older: bool,
    /// What happened after the one number and before the other belongs to it.
    range: (i64, i64),
}

/// What was said before the end of the page before, or last of all.
async fn back_from(
    service: &MessageService,
    membership: &Membership,
    page: Page<i64>,
) -> Result<Part, Error> {
    let since = membership.member.since;
    let mut messages = service.store.list_messages(membership.conversation.id, page).await?;
    let cut = cut_to_fit(&mut messages);
    let oldest = messages
        .last()
        .filter(|oldest| (cut || messages.len() == page.size) && oldest.at.ordinal > since.ordinal + 1);
    let after = oldest.map_or(since.seq, Message::seq);
    Ok(Part { has_older: oldest.is_some(), range: (after, page.after.unwrap_or(i64::MAX)), messages })
}

/// What was said first from `start` on.
async fn from_start(
    service: &MessageService,
    membership: &Membership,
    size: usize,
    start: Start,
) -> Result<Part, Error> {
    let (conversation, since) = (membership.conversation.id, membership.member.since);
    let head = service.store.head(conversation).await?;
    let visible = (since.seq, head.seq);
    let after = match start {
        Start::After(seq) => seq,
        Start::At(time) => first(service, conversation, visible, |event| event.created >= time).await? - 1,
        Start::Ordinal(wanted) => {
            first(service, conversation, visible, |event| event.at.ordinal >= wanted).await? - 1
        }
    };
    let after = after.clamp(since.seq, head.seq);
    let said =
        if after == since.seq { since.ordinal } else { ordinal_at(service, conversation, after).await? };
    let last = head.ordinal.min(said + i64::try_from(size).unwrap_or(i64::MAX));
    let end = first(service, conversation, (after, head.seq), |event| event.at.ordinal >= last).await?;
    let count = usize::try_from(last - said).unwrap_or_default();
    let page = Page { size: count, after: Some(end + 1) };
    let mut messages = match count {
        0 => Vec::new(),
        _ => service.store.list_messages(conversation, page).await?,
    };
    // What does not fit goes from the far end: the next page begins with it.
    messages.reverse();
    let is_last = !cut_to_fit(&mut messages) && last == head.ordinal;
    let before = messages.last().map_or(end, Message::seq) + 1;
    messages.reverse();
    let has_older = messages.last().is_some_and(|oldest| oldest.at.ordinal > since.ordinal + 1);
    Ok(Part { messages, has_older, range: (after, if is_last { i64::MAX } else { before }) })
}

async fn ordinal_at(service: &MessageService, conversation: ConversationId, seq: i64) -> Result<i64, Error> {
    let events = service.store.list_events(conversation, seq - 1, 1).await?;
    Ok(events.first().map_or(0, |event| event.at.ordinal))
}

/// The first number after the one and up to the other at which something
/// `holds` that does not change any more; one more than the other if it never does.
///
/// Numbers have no holes, so each look halves what is left: some twenty rows
/// are read in a conversation of a million.
async fn first(
    service: &MessageService,
    conversation: ConversationId,
    (after, head): (i64, i64),
    holds: impl Fn(&Event) -> bool + Send,
) -> Result<i64, Error> {
    let (mut low, mut high) = (after, head + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let events = service.store.list_events(conversation, middle - 1, 1).await?;
        if events.first().is_some_and(|event| !holds(event)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}
