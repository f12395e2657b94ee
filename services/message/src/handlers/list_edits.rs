//! `MessageService.ListEdits`.

use confab_core::UserId;
use confab_core::page::{Page, encode_token};

use super::size::cut_to_fit;
use crate::domain::{Event, Place, Refusal};
use crate::error::Error;
use crate::service::MessageService;

/// Returns a page of the events that put a message the way it was, newest first
/// and the one that sent it last, and the token of the next. The cursor is a number.
pub async fn list_edits(
    service: &MessageService,
    caller: UserId,
    place: Place,
    page: Page<i64>,
) -> Result<(Vec<Event>, String), Error> {
    let Place { conversation, seq } = place;
    let membership = service.members.require(conversation, caller).await?;
    let message = service.store.find_messages(conversation, &[seq]).await?;
    let message = service.members.visible(membership.clone(), message).await?.pop();
    if message.ok_or(Error::Refused(Refusal::NoSuchMessage(seq)))?.deleted.is_some() {
        return Ok((Vec::new(), String::new()));
    }

    let mut events = service.store.list_edits(conversation, seq, page).await?;
    if events.len() < page.size {
        events.extend(service.store.list_events(conversation, seq - 1, 1).await?);
    }
    let mut events = service.members.visible(membership, events).await?;
    cut_to_fit(&mut events);
    let next = events.last().map(Event::seq).filter(|last| *last > seq);
    Ok((events, next.map(|last| encode_token(&last)).unwrap_or_default()))
}
