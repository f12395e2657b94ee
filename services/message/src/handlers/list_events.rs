//! `MessageService.ListEvents`.

use confab_core::{ConversationId, UserId};

use crate::domain::{Event, Head};
use crate::error::Error;
use crate::service::MessageService;

/// How large the texts of a response may be together, in bytes. Clients take
/// 4 MiB unless told otherwise, and 500 texts can be four times that.
const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Returns up to `limit` events of `conversation` after the number `after`,
/// oldest first, and how far the conversation has come.
pub async fn list_events(
    service: &MessageService,
    caller: UserId,
    conversation: ConversationId,
    after: i64,
    limit: usize,
) -> Result<(Vec<Event>, Head), Error> {
    let membership = service.members.require(conversation, caller).await?;
    let after = after.max(membership.member.since.seq);
    // In this order: the head is then never below the last event.
    let events = service.store.list_events(conversation, after, limit).await?;
    let mut events = service.members.visible(membership, events).await?;
    let head = service.store.head(conversation).await?;
    events.truncate(count_within(&events, TEXT_BYTES_MAX));
    Ok((events, head))
}

/// How many of `events` have texts of at most `bytes_max` together; at least
/// one, so that whoever asks gets on.
fn count_within(events: &[Event], bytes_max: usize) -> usize {
    let mut bytes = 0;
    let fits = |event: &&Event| {
        bytes += event.text_bytes();
        bytes <= bytes_max
    };
    events.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{EventKind, Text, Words, direct_id};

    fn event(text: &str) -> Event {
        let actor = UserId::from_uuid(Uuid::nil());
        let words = Words { text: Text::from_store(text.into()), mentions: Vec::new() };
        Event {
            conversation: direct_id(actor, actor),
            at: Head::default(),
            actor,
            client: None,
            created: Timestamp::default(),
            kind: EventKind::MessageEdited { target: 1, words: Some(words) },
        }
    }

    #[test]
    fn a_response_holds_what_fits_and_at_least_one() {
        let events = [event("12345"), event("12345"), event("12345")];
        assert_eq!(count_within(&events, 15), 3);
        assert_eq!(count_within(&events, 14), 2);
        assert_eq!(count_within(&events, 1), 1);
    }
}
