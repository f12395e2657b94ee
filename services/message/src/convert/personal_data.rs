//! What is kept of people, on the wire.

use confab_core::{ConversationId, Timestamp, UserId};
use confab_proto::internal::v1 as internal;
use serde_json::{Value, json};

use super::{field, user_id};
use crate::domain::{Conversation, Form, Message};
use crate::error::Error;
use crate::handlers::{Erased, Part};

/// The most bytes of a file in one answer. The contract names it too.
const CHUNK_BYTES_MAX: usize = 256 * 1024;

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

/// Whose things are wanted.
pub fn exporter(request: &internal::ExportUserRequest) -> Result<UserId, Error> {
    user_id(&request.user_id)
}

/// What somebody is given of `part`: JSON lines, cut where they become too long for one answer.
pub fn exported(part: Part) -> Vec<internal::ExportUserResponse> {
    let (file_name, lines): (_, Vec<Value>) = match part {
        Part::Conversations(found) => ("conversations.jsonl", found.iter().map(|one| told(one)).collect()),
        Part::Messages(found) => ("messages.jsonl", found.iter().map(written).collect()),
    };
    let mut parts = vec![Vec::new()];
    for line in lines {
        let line = format!("{line}\n").into_bytes();
        match parts.last_mut() {
            Some(last) if last.len() + line.len() <= CHUNK_BYTES_MAX => last.extend(line),
            // A group has more members than fit at once only if it is very large.
            _ => parts.extend(line.chunks(CHUNK_BYTES_MAX).map(<[u8]>::to_vec)),
        }
    }
    let part = |chunk: Vec<u8>| internal::ExportUserResponse {
        file_name: file_name.to_owned(),
        chunk: chunk.into(),
    };
    parts.into_iter().map(part).collect()
}

fn told(conversation: &Conversation) -> Value {
    let members: Vec<String> = conversation.members.iter().map(|member| member.user.to_string()).collect();
    let always = json!({
        "conversation_id": conversation.id.to_string(),
        "create_time": time(conversation.created),
        "member_ids": members,
    });
    match &conversation.form {
        Form::Direct => with(always, json!({ "kind": "direct" })),
        Form::Group { profile, .. } => with(
            always,
            json!({ "kind": "group", "title": profile.title, "description": profile.description }),
        ),
    }
}

fn written(message: &Message) -> Value {
    let always = json!({
        "conversation_id": message.conversation.to_string(),
        "seq": message.seq(),
        "create_time": time(message.created),
        "edit_time": message.edited.map(time),
    });
    let Some(content) = &message.content else { return always };
    let mentions: Vec<String> = content.words.mentions.iter().map(ToString::to_string).collect();
    with(
        always,
        json!({
            "text": content.words.text.as_str(),
            "mention_ids": mentions,
            "reply_to_seq": content.reply_to,
            "forwarded": content.forwarded.is_some(),
        }),
    )
}

/// Both in one object.
fn with(mut one: Value, other: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut one, other) {
        all.extend(more);
    }
    one
}

/// A moment, as RFC 3339 has it.
fn time(moment: Timestamp) -> String {
    prost_types::Timestamp::from(moment).to_string()
}
