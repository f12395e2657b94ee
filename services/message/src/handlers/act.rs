//! Making something happen in a conversation.

use confab_core::{ConversationId, UserId};

use super::get_conversation::get_conversation;
use super::get_message::get_message;
use crate::convert::Seen;
use crate::domain::{Conversation, Draft, Event, EventKind, Form, Overview, Place, Refusal};
use crate::error::Error;
use crate::service::MessageService;
use crate::store::Appended;

/// Something that is as its actor wants it.
pub enum Done {
    /// By this event, stored now.
    Now(Event),
    /// By this event, which an earlier request had stored.
    Before(Event),
    /// It was so before; there is no event for it.
    Already,
}

/// Makes sure that `caller` is in `conversation`, and that not too much happens there.
pub async fn require_turn(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
) -> Result<(), Error> {
    service.members.require(conversation, caller).await?;
    // Only now: whoever is not in it uses nothing up of what is for those who are.
    service.pace.count_event(conversation)
}

/// Lets `kind` happen to a group, and returns what the group is like then to
/// `caller`. It is a thing that can be wanted twice without harm.
pub async fn change_group(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    kind: EventKind,
) -> Result<Overview, Error> {
    require_turn(service, caller, conversation).await?;
    append(service, conversation, Draft { actor: caller, client: None, kind }).await?;
    get_conversation(service, caller, conversation).await
}

/// Lets `kind` happen to a message, and returns how it looks then to `caller`.
/// It is a thing that can be wanted twice without harm.
pub async fn change_message(
    service: &MessageService,
    caller: UserId,
    place: Place,
    kind: EventKind,
) -> Result<Seen, Error> {
    require_turn(service, caller, place.conversation).await?;
    append(service, place.conversation, Draft { actor: caller, client: None, kind }).await?;
    get_message(service, caller, place).await
}

/// Makes what `draft` wants happen in `conversation`.
pub async fn append(
    service: &MessageService,
    conversation: ConversationId,
    draft: Draft,
) -> Result<Done, Error> {
    let appended = match require_listener(service, conversation, &draft).await {
        Ok(()) => service.appender.append(conversation, draft).await?,
        // What was said stays said: a retry is told so, whoever has blocked whom since.
        Err(refused) => stored_before(service, conversation, &draft).await?.ok_or(refused)?,
    };
    match appended {
        Appended::Stored(event) => Ok(Done::Now(event)),
        Appended::Replayed(event) => Ok(Done::Before(event)),
        Appended::Unchanged => Ok(Done::Already),
        Appended::Conflict { original_seq } => Err(Error::ClientIdTaken { conversation, original_seq }),
        Appended::Refused(Refusal::NotIn) => Err(Error::NoSuchConversation { conversation }),
        Appended::Refused(refusal) => Err(Error::Refused(refusal)),
    }
}

/// Fails if `draft` says something, and whoever is to hear it does not talk with
/// its actor.
async fn require_listener(
    service: &MessageService,
    conversation: ConversationId,
    draft: &Draft,
) -> Result<(), Error> {
    if !draft.kind.says_something() {
        return Ok(());
    }
    match service.store.conversation(conversation, 0).await? {
        Some(found) => require_contact(service, &found, draft.actor).await,
        // Whether there is such a conversation is not decided here.
        None => Ok(()),
    }
}

/// What became of `draft` when it was sent before, if it was.
async fn stored_before(
    service: &MessageService,
    conversation: ConversationId,
    draft: &Draft,
) -> Result<Option<Appended>, Error> {
    let Some(client) = draft.client else { return Ok(None) };
    let original = service.store.find_by_client(conversation, draft.actor, client).await?;
    Ok(original.map(|original| Appended::from_original(original, draft)))
}

/// Fails if `actor` and the other one of a direct conversation do not talk with
/// each other. In groups, people meet whoever is in them.
pub async fn require_contact(
    service: &MessageService,
    conversation: &Conversation,
    actor: UserId,
) -> Result<(), Error> {
    // What outsiders are told is not decided here.
    if conversation.form != Form::Direct || conversation.member(actor).is_none() {
        return Ok(());
    }
    match conversation.members.iter().find(|member| member.user != actor) {
        Some(other) => service.contacts.require_writable(actor, other.user).await,
        None => Ok(()),
    }
}
