//! Conversations, on the wire.

use confab_core::{Timestamp, UserId};
use confab_proto::message::v1;

use super::message::Seen;
use crate::domain::{Conversation, Form, Member, Overview, Shelf};

/// How many members of a group are named with it.
const GROUP_MEMBERS_NAMED: usize = 10;

/// A conversation as one of its members sees it at some time.
pub struct Viewed {
    pub overview: Overview,
    pub by: UserId,
    pub now: Timestamp,
}

impl From<Viewed> for v1::Conversation {
    fn from(Viewed { overview, by, now }: Viewed) -> Self {
        let unread_count = overview.unread();
        let Overview { conversation, head, last_message, read, settings } = overview;
        let (kind, profile, history) = match &conversation.form {
            Form::Direct => (v1::ConversationKind::Direct, None, None),
            Form::Group { profile, history } => {
                (v1::ConversationKind::Group, Some(profile.clone().into()), Some(v1::History::from(*history)))
            }
        };
        let member = conversation.member(by);
        Self {
            conversation_id: conversation.id.to_string(),
            kind: kind.into(),
            member_ids: named(&conversation),
            create_time: Some(conversation.created.into()),
            head_seq: head.seq,
            last_message: last_message.map(|message| Seen::new(message, by, &conversation).into()),
            read_seq: read.seq,
            unread_count,
            profile,
            history: history.unwrap_or_default().into(),
            role: member.map_or(v1::Role::Unspecified, |member| member.role.into()).into(),
            first_seq: member.map_or(0, |member| member.since.seq) + 1,
            revision: conversation.revision,
            member_count: i32::try_from(conversation.members.len()).unwrap_or(i32::MAX),
            mute_until_time: settings.muted(now).map(Into::into),
            archived: settings.shelf(head, now) == Shelf::Archive,
        }
    }
}

fn named(conversation: &Conversation) -> Vec<String> {
    let named = conversation.members.iter().take(GROUP_MEMBERS_NAMED);
    named.map(|Member { user, .. }| user.to_string()).collect()
}
