//! `/api/messages`: who there is, what was said, and what is said.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use confab_proto::auth::v1::ListUsersRequest;
use confab_proto::media::v1::Purpose;
use confab_proto::message::v1::list_messages_request::Start;
use confab_proto::message::v1::send_message_request::Target;
use confab_proto::message::v1::{
    self, GetMessageRequest, ListMessagesRequest, OpenDirectConversationRequest, SendMessageRequest,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tonic::{Code, Status};
use uuid::Uuid;

use super::asker::Asker;
use super::entry::no_store;
use super::pictures::Picture;
use super::refused::Refused;
use super::sent::{Illustrated, text};
use super::shapes::{Message, UserFull, seq_of};

/// How many people are listed.
const USERS_MAX: usize = 500;
/// How many messages are listed at once.
const MESSAGES_MAX: usize = 500;
/// How many of either a service lists at once.
const PAGE_SIZE: i32 = 100;

/// From where a history is listed.
#[derive(Deserialize)]
pub struct Span {
    /// The `_id` of the oldest message known: those before it are asked for.
    before: Option<String>,
}

/// What somebody would say. Whatever is no text is as good as not there.
#[derive(Deserialize)]
pub struct Said {
    text: Option<Value>,
    image: Option<Value>,
}

/// Everybody but the caller, by name.
pub async fn users(Extension(asker): Extension<Asker>) -> Result<Response, Refused> {
    let me = asker.me().await?;
    let (host, mut users) = (asker.host(), Vec::new());
    let mut page_token = String::new();
    while users.len() < USERS_MAX {
        let request =
            ListUsersRequest { page_size: Some(PAGE_SIZE), page_token, ..ListUsersRequest::default() };
        let page = asker.users().list_users(request).await?.into_inner();
        let others = page.users.into_iter().filter(|user| user.user_id != me.user_id);
        users.extend(others.map(|user| UserFull::of(user, &host)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    users.truncate(USERS_MAX);
    Ok((no_store(), Json(users)).into_response())
}

/// What was said with somebody, oldest first. Nothing with nobody.
pub async fn history(
    Extension(asker): Extension<Asker>,
    id: Result<Path<String>, PathRejection>,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Response, Refused> {
    let me = asker.me().await?;
    let Ok(Query(Span { before })) = span else { return Err(Refused::because("before stands there twice")) };
    let messages = match user_id(id).filter(|other| *other != me.user_id) {
        Some(other) => with(&asker, &me.user_id, other, before).await?,
        None => Vec::new(),
    };
    Ok((no_store(), Json(messages)).into_response())
}

/// Says something to somebody, or shows them something.
pub async fn send(
    Extension(asker): Extension<Asker>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Refused> {
    // Nobody else has so much read.
    let me = asker.me().await?;
    let Illustrated { said: Said { text: words, image }, room: _room } = Illustrated::read(request).await?;
    let (words, picture) = (text(words), Picture::read(image)?);
    if words.is_none() && picture.is_none() {
        return Err(Refused::because("A message needs a text or a picture"));
    }
    let receiver = user_id(id).ok_or_else(no_such_receiver)?;
    if receiver == me.user_id {
        return Err(Refused::because("You cannot send messages to yourself"));
    }
    // If the message is not sent then, nothing has it, and it goes after a day.
    let attachment_ids = match picture {
        Some(picture) => vec![picture.keep(&asker, Purpose::Message).await?],
        None => Vec::new(),
    };
    let request = SendMessageRequest {
        target: Some(Target::UserId(receiver.clone())),
        text: words.unwrap_or_default(),
        attachment_ids,
        // The app has no id of its own for what it sends, so it cannot repeat it.
        client_id: Uuid::new_v4().to_string(),
        ..SendMessageRequest::default()
    };
    let sent = asker.messages().send_message(request).await.map_err(not_sent)?.into_inner();
    let message = sent.message.ok_or_else(Refused::incomplete)?;
    Ok((StatusCode::CREATED, no_store(), Json(Message::of(message, receiver, &asker.host()))).into_response())
}

/// The newest messages between `me` and `other`, or those before one of them.
async fn with(
    asker: &Asker,
    me: &str,
    other: String,
    before: Option<String>,
) -> Result<Vec<Message>, Refused> {
    let request = OpenDirectConversationRequest { user_id: other.clone() };
    let conversation = match asker.conversations().open_direct_conversation(request).await {
        Ok(answer) => answer.into_inner().conversation.ok_or_else(Refused::incomplete)?.conversation_id,
        Err(status) if status.code() == Code::NotFound => return Ok(Vec::new()),
        Err(status) => return Err(status.into()),
    };
    let mut request = ListMessagesRequest {
        conversation_id: conversation.clone(),
        page_size: Some(PAGE_SIZE),
        ..ListMessagesRequest::default()
    };
    if let Some(before) = before {
        let Some((start, size)) = span_before(asker, &conversation, &before).await? else {
            return Ok(Vec::new());
        };
        request.start = Some(start);
        request.page_size = Some(size);
    }
    let mut newest_first = pages(asker, request).await?;
    newest_first.reverse();
    let receiver =
        |message: &v1::Message| if message.sender_id == me { other.clone() } else { me.to_owned() };
    let (host, shown) =
        (asker.host(), newest_first.into_iter().filter(|message| message.delete_time.is_none()));
    Ok(shown
        .map(|message| (receiver(&message), message))
        .map(|(to, message)| Message::of(message, to, &host))
        .collect())
}

/// What `request` asks for and what was said before it, newest first.
async fn pages(asker: &Asker, mut request: ListMessagesRequest) -> Result<Vec<v1::Message>, Refused> {
    let mut messages = Vec::new();
    loop {
        let page = asker.messages().list_messages(request.clone()).await?.into_inner();
        messages.extend(page.messages);
        if page.next_page_token.is_empty() || messages.len() >= MESSAGES_MAX {
            messages.truncate(MESSAGES_MAX);
            return Ok(messages);
        }
        request.start = None;
        request.page_size = Some(PAGE_SIZE);
        request.page_token = page.next_page_token;
    }
}

/// Where the page begins that ends just before the message `id`, and its size.
async fn span_before(asker: &Asker, conversation: &str, id: &str) -> Result<Option<(Start, i32)>, Refused> {
    let no_message = || Refused::because("before is the _id of no message of this conversation");
    let seq = seq_of(conversation, id).ok_or_else(no_message)?;
    let request = GetMessageRequest { conversation_id: conversation.to_owned(), seq };
    let message = match asker.messages().get_message(request).await {
        Ok(answer) => answer.into_inner().message.ok_or_else(Refused::incomplete)?,
        Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {
            return Err(no_message());
        }
        Err(status) => return Err(status.into()),
    };
    let from = (message.ordinal - i64::from(PAGE_SIZE)).max(1);
    let size = i32::try_from(message.ordinal - from).unwrap_or(PAGE_SIZE);
    Ok((size > 0).then_some((Start::FromOrdinal(from), size)))
}

/// The id of somebody, in the one form that ids are compared in.
fn user_id(id: Result<Path<String>, PathRejection>) -> Option<String> {
    let Ok(Path(id)) = id else { return None };
    Uuid::try_parse(&id).ok().map(|id| id.to_string())
}

fn not_sent(status: Status) -> Refused {
    match status.code() {
        Code::NotFound => no_such_receiver(),
        _ => status.into(),
    }
}

fn no_such_receiver() -> Refused {
    Refused::because("There is nobody with this id")
}
