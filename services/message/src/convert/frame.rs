//! Frames of the live stream.

use confab_core::{ConversationId, StreamId};
use confab_proto::message::v1;
use v1::subscribe_response::Frame;

pub fn ready(stream: StreamId, epoch: String) -> v1::SubscribeResponse {
    wrap(Frame::Ready(v1::Ready { stream_id: stream.to_string(), epoch }))
}

pub fn event(event: v1::Event) -> v1::SubscribeResponse {
    wrap(Frame::Event(event))
}

pub fn head_moved(conversation: ConversationId, head_seq: i64) -> v1::SubscribeResponse {
    wrap(Frame::HeadMoved(v1::HeadMoved { conversation_id: conversation.to_string(), head_seq }))
}

pub fn reset(epoch: String) -> v1::SubscribeResponse {
    wrap(Frame::Reset(v1::Reset { epoch }))
}

pub fn typing(typing: v1::Typing) -> v1::SubscribeResponse {
    wrap(Frame::Typing(typing))
}

pub fn presence_changed(presences: Vec<v1::Presence>) -> v1::SubscribeResponse {
    wrap(Frame::PresenceChanged(v1::PresenceChanged { presences }))
}

pub fn gone(conversation: ConversationId) -> v1::SubscribeResponse {
    wrap(Frame::Gone(v1::Gone { conversation_id: conversation.to_string() }))
}

pub fn known_heads_needed() -> v1::SubscribeResponse {
    wrap(Frame::KnownHeadsNeeded(v1::KnownHeadsNeeded {}))
}

pub fn heartbeat() -> v1::SubscribeResponse {
    wrap(Frame::Heartbeat(v1::Heartbeat {}))
}

pub fn mark_moved(moved: v1::MarkMoved) -> v1::SubscribeResponse {
    wrap(Frame::MarkMoved(moved))
}

fn wrap(frame: Frame) -> v1::SubscribeResponse {
    v1::SubscribeResponse { frame: Some(frame) }
}
