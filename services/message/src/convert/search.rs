//! What somebody looks for, on the wire.

use confab_core::page::Page;
use confab_proto::message::v1;

use super::{conversation_id, field};
use crate::error::Error;
use crate::handlers::Wanted;
use crate::search::{Feature, Place, Query};

/// How many messages a page has if the request does not say.
const MESSAGES_DEFAULT: usize = 20;

/// What somebody looks for, and the part of it that they ask for.
pub fn wanted(request: v1::SearchMessagesRequest) -> Result<(Wanted, Page<Place>), Error> {
    let feature = match request.has() {
        v1::MessageFeature::Unspecified => None,
        v1::MessageFeature::Link => Some(Feature::Link),
        v1::MessageFeature::Image => Some(Feature::Image),
        v1::MessageFeature::File => Some(Feature::File),
    };
    let query = Query::new(&request.query).ok_or("must have a letter or a digit");
    let page = field("page_token", Page::new(request.page_size, &request.page_token))?;
    let size = super::limit(request.page_size, MESSAGES_DEFAULT);
    let wanted = Wanted {
        query: field("query", query)?,
        conversation: request.conversation_id.as_deref().map(conversation_id).transpose()?,
        sender: request.sender_id.as_deref().map(|id| field("sender_id", id.parse())).transpose()?,
        feature,
        after: request.after_time.map(Into::into),
        before: request.before_time.map(Into::into),
    };
    Ok((wanted, Page { size, ..page }))
}
