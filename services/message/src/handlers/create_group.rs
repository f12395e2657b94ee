//! `ConversationService.CreateGroup`.

use confab_core::{ClientId, UserId};

use super::act::{Done, append};
use super::attach::{attach_picture, keep_picture};
use super::get_conversation::get_conversation;
use crate::domain::{self, Draft, EventKind, Founding, Overview};
use crate::error::Error;
use crate::library::Aftermath;
use crate::service::MessageService;

/// A group that is there, and since when.
pub struct Created {
    pub overview: Overview,
    /// Whether an earlier request had made it.
    pub replayed: bool,
}

/// Makes the group that `founder` calls `client`, unless it is made already.
pub async fn create_group(
    service: &MessageService,
    founder: UserId,
    client: ClientId,
    founding: Founding,
) -> Result<Created, Error> {
    let conversation = domain::group_id(founder, client);
    // A retry succeeds also if auth is away now, or somebody is gone since.
    if service.store.conversation(conversation, 0).await?.is_none() {
        service.contacts.require_known(founder, "member_ids", &founding.members).await?;
    }
    let picture = founding.profile.picture;
    attach_picture(service, founder, conversation, picture).await?;
    let draft = Draft { actor: founder, client: Some(client), kind: EventKind::GroupCreated(founding) };
    let replayed = match append(service, conversation, draft).await {
        Ok(done) => !matches!(done, Done::Now(_)),
        Err(error) => {
            if picture.is_some() && error.is_certain() {
                keep_picture(service, conversation, Aftermath::Wait).await?;
            }
            return Err(match error {
                Error::ClientIdTaken { .. } => Error::GroupExists { conversation },
                error => error,
            });
        }
    };
    Ok(Created { overview: get_conversation(service, founder, conversation).await?, replayed })
}
