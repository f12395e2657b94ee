//! What is kept of people, on the wire.

use confab_core::{ConversationId, UserId};
use confab_proto::internal::v1 as internal;

use super::{field, user_id};
use crate::error::Error;
use crate::handlers::Erased;

/// Who is to be erased, and through which conversation they are already.
pub fn erasure(request: &internal::EraseUserRequest) -> Result<(UserId, Option<ConversationId>), Error> {
    let through = match request.progress.as_str() {
        "" => None,
        progress => Some(field("progress", progress.parse())?),
    };
    Ok((user_id(&request.user_id)?, through))
}

impl From<Erased> for internal::EraseUserResponse {
    fn from(erased: Erased) -> Self {
        let progress = erased.through.map(|through| through.to_string()).unwrap_or_default();
        Self { progress, done: erased.done }
    }
}
