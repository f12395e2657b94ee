//! People and messages as the app knows them.

use std::time::SystemTime;

use confab_proto::auth::v1::User;
use confab_proto::message::v1;
use serde::Serialize;

use super::pictures::Host;

/// Somebody, as sign-up and log-in answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserShort {
    #[serde(rename = "_id")]
    id: String,
    full_name: String,
    email: String,
    profile_pic: String,
}

/// Somebody, as everything else answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserFull {
    #[serde(flatten)]
    short: UserShort,
    created_at: String,
    updated_at: String,
    #[serde(rename = "__v")]
    version: u8,
}

/// What somebody said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    #[serde(rename = "_id")]
    id: String,
    sender_id: String,
    receiver_id: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    created_at: String,
    updated_at: String,
    #[serde(rename = "__v")]
    version: u8,
}

impl UserShort {
    /// `user`, whose picture is on `host`.
    pub fn of(user: User, host: &Host) -> Self {
        let profile_pic = host.of_person(&user.picture_id);
        Self { id: user.user_id, full_name: user.name, email: user.email, profile_pic }
    }
}

impl UserFull {
    /// `user`, whose picture is on `host`.
    pub fn of(user: User, host: &Host) -> Self {
        let (created_at, updated) = (iso(user.create_time), iso(user.update_time.or(user.create_time)));
        Self { created_at, updated_at: updated, version: 0, short: UserShort::of(user, host) }
    }
}

impl Message {
    /// `message`, as what one of two people said to the other, who is `receiver`;
    /// what is in it is on `host`. The app shows one picture at most, and no files:
    /// where there is nothing else, their names stand for them.
    pub fn of(message: v1::Message, receiver: String, host: &Host) -> Self {
        let image = host.of_message(&message.attachments);
        let text = match message.text {
            text if text.is_empty() && image.is_none() => names(&message.attachments),
            text => text,
        };
        Self {
            id: message_id(&message.conversation_id, message.seq),
            created_at: iso(message.create_time),
            updated_at: iso(message.edit_time.or(message.create_time)),
            sender_id: message.sender_id,
            receiver_id: receiver,
            text,
            image,
            version: 0,
        }
    }
}

/// What `attachments` are called.
fn names(attachments: &[v1::Attachment]) -> String {
    let names: Vec<&str> = attachments.iter().map(|one| one.name.as_str()).collect();
    names.join(", ")
}

/// What the app calls the message `seq` of a conversation.
fn message_id(conversation: &str, seq: i64) -> String {
    format!("{conversation}-{seq}")
}

/// The number of the message of `conversation` that the app calls `id`.
pub fn seq_of(conversation: &str, id: &str) -> Option<i64> {
    id.strip_prefix(conversation)?.strip_prefix('-')?.parse().ok()
}

/// A time as JavaScript writes it: ISO 8601 in UTC, with milliseconds.
fn iso<T>(time: Option<T>) -> String
where
    SystemTime: TryFrom<T>,
{
    let time = time.and_then(|time| SystemTime::try_from(time).ok()).unwrap_or(SystemTime::UNIX_EPOCH);
    humantime::format_rfc3339_millis(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_message_leads_back_to_it() {
        let conversation = "0192c1f0-0000-7000-8000-000000000001";
        assert_eq!(seq_of(conversation, &message_id(conversation, 42)), Some(42));
        for other in ["", "42", "0192c1f0-0000-7000-8000-000000000002-42", "-42"] {
            assert_eq!(seq_of(conversation, other), None, "{other}");
        }
    }
}
