//! What files are attached to, from the wire.

use confab_core::UserId;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_place::Place;

use super::{field, user_id};
use crate::domain::{Holder, Holding};
use crate::error::Error;

/// Who wants to see something, and what; nothing where it is not ours to say.
pub fn wanted_places(
    request: &internal::FilterVisiblePlacesRequest,
) -> Result<(UserId, Vec<Option<Holder>>), Error> {
    let holders = request.places.iter().map(|place| holder(Some(place))).collect::<Result<_, _>>()?;
    Ok((user_id(&request.user_id)?, holders))
}

/// What is said to be held; nothing where it is not ours to say.
pub fn holdings(request: &internal::FilterHeldPlacesRequest) -> Result<Vec<Option<Holding>>, Error> {
    let holding = |holding: &internal::Holding| {
        let media = field("holdings.media_id", holding.media_id.parse())?;
        Ok(holder(holding.place.as_ref())?.map(|holder| Holding { holder, media }))
    };
    request.holdings.iter().map(holding).collect()
}

/// Where something stands in a list.
pub fn indexes(indexes: Vec<usize>) -> Vec<i32> {
    indexes.into_iter().filter_map(|index| i32::try_from(index).ok()).collect()
}

fn holder(place: Option<&internal::MediaPlace>) -> Result<Option<Holder>, Error> {
    Ok(match place.and_then(|place| place.place.as_ref()) {
        Some(Place::Message(message)) => Some(Holder::Message {
            conversation: field("conversation_id", message.conversation_id.parse())?,
            sender: field("sender_id", message.sender_id.parse())?,
            client: field("client_id", message.client_id.parse())?,
        }),
        Some(Place::GroupId(group)) => Some(Holder::Group(field("group_id", group.parse())?)),
        Some(Place::UserId(_)) | None => None,
    })
}
