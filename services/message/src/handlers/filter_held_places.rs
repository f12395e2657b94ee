//! `PlaceService.FilterHeldPlaces`.

use confab_core::MediaId;

use crate::domain::{Content, Event, EventKind, Form, Holder, Holding};
use crate::error::Error;
use crate::service::MessageService;

/// Tells which of `holdings` are as they say, by their place in the list.
pub async fn filter_held_places(
    service: &MessageService,
    holdings: Vec<Option<Holding>>,
) -> Result<Vec<usize>, Error> {
    let mut held = Vec::new();
    for (index, holding) in holdings.into_iter().enumerate() {
        if let Some(holding) = holding
            && is_held(service, holding).await?
        {
            held.push(index);
        }
    }
    Ok(held)
}

async fn is_held(service: &MessageService, Holding { holder, media }: Holding) -> Result<bool, Error> {
    match holder {
        Holder::Message { conversation, sender, client } => {
            let event = service.store.find_by_client(conversation, sender, client).await?;
            Ok(event.is_some_and(|event| has(&event, media)))
        }
        Holder::Group(group) => {
            let head = service.store.head(group).await?;
            let conversation = service.store.conversation(group, head.revision).await?;
            Ok(conversation.is_some_and(|conversation| match &conversation.form {
                Form::Group { profile, .. } => profile.picture == Some(media),
                Form::Direct => false,
            }))
        }
    }
}

/// Whether `event` is a message that was not deleted, and has `media`.
fn has(event: &Event, media: MediaId) -> bool {
    match &event.kind {
        EventKind::MessageSent(Some(Content { attachments, .. })) => {
            attachments.iter().any(|attachment| attachment.media == media)
        }
        _ => false,
    }
}
