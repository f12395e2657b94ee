//! `MessageService.SearchMessages`.

use std::collections::{BTreeMap, HashMap};

use confab_core::page::{Page, encode_token};
use confab_core::{ConversationId, Timestamp, UserId};

use crate::convert::Seen;
use crate::domain::Message;
use crate::error::Error;
use crate::search::{Feature, Place, Query, Scope, Search, found_by};
use crate::service::MessageService;

/// What somebody looks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub query: Query,
    /// In this conversation only.
    pub conversation: Option<ConversationId>,
    pub sender: Option<UserId>,
    pub feature: Option<Feature>,
    /// Then or later.
    pub after: Option<Timestamp>,
    /// Not then, nor later.
    pub before: Option<Timestamp>,
}

/// Returns a page of the messages that `caller` may read and that are as
/// `wanted`, newest first, and the token of the next.
pub async fn search_messages(
    service: &MessageService,
    caller: UserId,
    wanted: Wanted,
    page: Page<Place>,
) -> Result<(Vec<Seen>, String), Error> {
    let term = wanted.feature.and_then(Feature::term);
    let search = Search {
        scopes: scopes(service, caller, wanted.conversation).await?,
        query: term.into_iter().fold(wanted.query.clone(), Query::and),
        sender: wanted.sender,
        feature: wanted.feature,
        after: wanted.after,
        before: wanted.before,
        behind: page.after,
        limit: page.size,
    };
    let found = service.index.find(&search).await?;
    let mut messages = read(service, caller, &wanted, &found.places).await?;
    let messages = found.places.iter().filter_map(|place| messages.remove(place)).collect();
    Ok((messages, found.next.map(|next| encode_token(&next)).unwrap_or_default()))
}

/// Where `caller` may look: in one conversation, or in all of theirs.
async fn scopes(
    service: &MessageService,
    caller: UserId,
    conversation: Option<ConversationId>,
) -> Result<Vec<Scope>, Error> {
    if let Some(conversation) = conversation {
        let since = service.members.require(conversation, caller).await?.member.since.seq;
        return Ok(vec![Scope { conversation, since }]);
    }
    let heads = service.store.heads(&[caller]).await?.into_iter();
    Ok(heads.map(|head| Scope { conversation: head.conversation, since: head.since.seq }).collect())
}

/// Reads what is at `places`, as `caller` sees it now. What was put another way
/// since it was indexed, or deleted, is left out, and so is what the caller may
/// not read any more.
async fn read(
    service: &MessageService,
    caller: UserId,
    looked_for: &Wanted,
    places: &[Place],
) -> Result<HashMap<Place, Seen>, Error> {
    let mut seqs: BTreeMap<ConversationId, Vec<i64>> = BTreeMap::new();
    for place in places {
        seqs.entry(ConversationId::from_uuid(place.conversation)).or_default().push(place.seq);
    }
    let mut seen = HashMap::new();
    for (conversation, seqs) in seqs {
        let messages = match read_in(service, caller, conversation, &seqs).await {
            // They have left it, or were removed, since the search began.
            Err(Error::NoSuchConversation { .. }) => continue,
            messages => messages?,
        };
        let wanted = messages.into_iter().filter(|seen| is_wanted(looked_for, &seen.message));
        seen.extend(wanted.map(|seen| (place(&seen.message), seen)));
    }
    Ok(seen)
}

async fn read_in(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    seqs: &[i64],
) -> Result<Vec<Seen>, Error> {
    let messages = service.store.find_messages(conversation, seqs).await?;
    let membership = service.members.require(conversation, caller).await?;
    let membership = service.members.as_of(membership, &messages).await?;
    let kept = membership.conversation.clone();
    let visible = service.members.visible(membership, messages).await?;
    Ok(visible.into_iter().map(|message| Seen::new(message, caller, &kept)).collect())
}

fn is_wanted(wanted: &Wanted, message: &Message) -> bool {
    let says_it = message.content.as_ref().is_some_and(|content| wanted.query.matches(&found_by(content)));
    says_it && wanted.feature.is_none_or(|feature| feature.is_in(message))
}

fn place(message: &Message) -> Place {
    Place { created: message.created, conversation: message.conversation.as_uuid(), seq: message.seq() }
}
