//! What nodes whisper to each other: encoded, decoded, and passed on.

use std::sync::Arc;

use bytes::Bytes;
use confab_bus::Whisper;
use confab_core::{ConversationId, UserId};
use confab_proto::internal::v1::live_whisper::What;
use confab_proto::internal::v1::{LiveWhisper, MarkWhisper, TypingWhisper};
use confab_proto::message::v1;
use prost::Message as _;
use uuid::Uuid;

use super::hub::Hub;
use crate::domain::{Conversation, READ_BY_MEMBERS_MAX};

/// In conversations of how many people it is told who is writing.
const TYPING_MEMBERS_MAX: usize = 100;

/// A whisper as it goes over the bus.
pub fn encode(what: What) -> Bytes {
    LiveWhisper { what: Some(what) }.encode_to_vec().into()
}

impl Hub {
    /// Says that `user` is writing in `conversation`, or has stopped.
    pub fn whisper_typing(&self, conversation: &Conversation, user: UserId, typing: bool) {
        if conversation.members.len() > TYPING_MEMBERS_MAX {
            return;
        }
        let (key, revision) = (conversation.id.as_uuid(), conversation.revision);
        let [conversation_id, user_id] = [key, user.as_uuid()].map(bytes);
        let what = What::Typing(TypingWhisper { conversation_id, user_id, typing, revision });
        self.bus.whisper(Whisper { key, payload: encode(what) });
    }

    /// Hears what another node whispered, or this one.
    pub(super) async fn hear(self: &Arc<Self>, whisper: Whisper) {
        // What cannot be read is from a newer node, and not for us.
        let what = LiveWhisper::decode(whisper.payload).ok().and_then(|whisper| whisper.what);
        match what {
            Some(What::Typing(typing)) => self.tell_typing(&typing).await,
            Some(What::Mark(mark)) => self.tell_mark(&mark).await,
            Some(what) => self.presence.hear(what),
            None => {}
        }
    }

    /// Tells the others in the conversation. If it cannot be read now, they miss nothing.
    async fn tell_typing(&self, whisper: &TypingWhisper) {
        let ids = (Uuid::from_slice(&whisper.conversation_id), Uuid::from_slice(&whisper.user_id));
        let (Ok(conversation), Ok(user)) = ids else { return };
        let (conversation, user) = (ConversationId::from_uuid(conversation), UserId::from_uuid(user));
        let Ok(Some(found)) = self.store.conversation(conversation, whisper.revision).await else { return };
        if found.member(user).is_none() || found.members.len() > TYPING_MEMBERS_MAX {
            return;
        }
        let frame = v1::Typing {
            conversation_id: conversation.to_string(),
            user_id: user.to_string(),
            typing: whisper.typing,
        };
        let others = found.members.iter().map(|member| member.user).filter(|other| *other != user);
        self.each_outbox(others, |outbox| outbox.push_typing(frame.clone()));
    }

    /// Tells all in the conversation, also the other devices of whom it is about.
    async fn tell_mark(&self, whisper: &MarkWhisper) {
        let ids = (Uuid::from_slice(&whisper.conversation_id), Uuid::from_slice(&whisper.user_id));
        let (Ok(conversation), Ok(user)) = ids else { return };
        let (conversation, user) = (ConversationId::from_uuid(conversation), UserId::from_uuid(user));
        let Ok(Some(found)) = self.store.conversation(conversation, whisper.revision).await else { return };
        if found.member(user).is_none() || found.members.len() > READ_BY_MEMBERS_MAX {
            return;
        }
        let moved = v1::MarkMoved {
            conversation_id: conversation.to_string(),
            user_id: user.to_string(),
            read_seq: whisper.read_seq,
            delivered_seq: whisper.delivered_seq,
        };
        let members = found.members.iter().map(|member| member.user);
        self.each_outbox(members, |outbox| outbox.push_mark(moved.clone()));
    }
}

/// An id as whispers have it.
pub fn bytes(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}
