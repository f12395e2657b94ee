//! Attaching files to what is about to be stored, and letting go of them.

use confab_core::{ConversationId, MediaId, UserId};

use super::send_message::{Sent, send_to};
use crate::domain::{Attachment, Content, Draft, Event, EventKind, Form, Holder, Message};
use crate::error::Error;
use crate::library::Aftermath;
use crate::service::MessageService;

/// Stores `draft`, a message of a member of `conversation`, once what it has is
/// attached to it. `source` has it too, if it is not all of the sender's own.
pub async fn send_with_attachments(
    service: &MessageService,
    conversation: ConversationId,
    mut draft: Draft,
    source: Option<Holder>,
) -> Result<Sent, Error> {
    let sender = draft.actor;
    let (Some(client), EventKind::MessageSent(Some(content))) = (draft.client, &mut draft.kind) else {
        return send_to(service, conversation, draft).await;
    };
    if content.attachments.is_empty() {
        return send_to(service, conversation, draft).await;
    }
    // What was said is said: a retry does not depend on what became of the files since.
    if service.store.find_by_client(conversation, sender, client).await?.is_some() {
        return send_to(service, conversation, draft).await;
    }
    let holder = Holder::Message { conversation, sender, client };
    let media: Vec<MediaId> = content.attachments.iter().map(|attachment| attachment.media).collect();
    content.attachments = service.library.attach(sender, "attachment_ids", &media, holder, source).await?;
    let sent = send_to(service, conversation, draft).await;
    if sent.as_ref().is_err_and(Error::is_certain) {
        // Another request may have stored a message by this name meanwhile.
        let stored = service.store.find_by_client(conversation, sender, client).await?;
        let kept = stored.as_ref().map(attached).unwrap_or_default();
        service.library.let_go(holder, &kept, Aftermath::Wait).await;
    }
    sent
}

/// Lets go of what `message`, which was deleted, had.
pub async fn let_go_of(service: &MessageService, message: &Message) {
    let is_bare = message.content.as_ref().is_some_and(|content| content.attachments.is_empty());
    let Some(client) = message.client.filter(|_| !is_bare) else { return };
    let holder = Holder::Message { conversation: message.conversation, sender: message.sender, client };
    service.library.let_go(holder, &[], Aftermath::Erase).await;
}

/// Attaches `picture` to a group, if it is to have one.
pub async fn attach_picture(
    service: &MessageService,
    user: UserId,
    group: ConversationId,
    picture: Option<MediaId>,
) -> Result<(), Error> {
    if let Some(picture) = picture {
        service.library.attach(user, "picture_id", &[picture], Holder::Group(group), None).await?;
    }
    Ok(())
}

/// Lets go of all pictures of a group but the one it has.
pub async fn keep_picture(
    service: &MessageService,
    group: ConversationId,
    aftermath: Aftermath,
) -> Result<(), Error> {
    let head = service.store.head(group).await?;
    let conversation = service.store.conversation(group, head.revision).await?;
    let picture = conversation.and_then(|conversation| match &conversation.form {
        Form::Group { profile, .. } => profile.picture,
        Form::Direct => None,
    });
    service.library.let_go(Holder::Group(group), picture.as_slice(), aftermath).await;
    Ok(())
}

fn attached(event: &Event) -> Vec<MediaId> {
    match &event.kind {
        EventKind::MessageSent(Some(Content { attachments, .. })) => {
            attachments.iter().map(|Attachment { media, .. }| *media).collect()
        }
        _ => Vec::new(),
    }
}
