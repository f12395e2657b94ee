//! People with programs of their own, who come in through the gateway.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use confab_core::{ClientId, ConversationId, InvalidId, UserId};
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::auth::v1::{AccessToken, LogInRequest, SignUpRequest};
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_proto::message::v1::send_message_request::Target;
use http::HeaderValue;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status, Streaming};
use uuid::Uuid;

use crate::history::{Attempt, Key, Outcome, Reading, Recorder, Seen, Source, Step};

/// How long an answer may take.
const CALL_MAX: Duration = Duration::from_secs(20);
/// How long a connection may take to come about.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How many events are asked for at once.
const PAGE_SIZE: i32 = 500;

/// Somebody with a session, which outlives the server. Clones share the session and the connection.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    email: Arc<str>,
    gateway: Endpoint,
    token: Arc<RwLock<MetadataValue<Ascii>>>,
    channel: Channel,
}

/// The way to the gateway that listens on `port` of this machine.
///
/// # Errors
///
/// Never for a number that is a port.
pub fn gateway(port: u16) -> Result<Endpoint, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"))?;
    Ok(endpoint.connect_timeout(CONNECT_MAX).tcp_nodelay(true))
}

impl Person {
    /// What everybody has for a password.
    pub const PASSWORD: &str = "correct horse 7";

    /// Signs up at `gateway`.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn join(gateway: &Endpoint, name: &str) -> Result<Self, Status> {
        let email = format!("{name}@example.com");
        let account = SignUpRequest {
            email: email.clone(),
            password: Self::PASSWORD.into(),
            name: name.into(),
            ..SignUpRequest::default()
        };
        let channel = gateway.connect_lazy();
        let joined = in_time(AuthServiceClient::new(channel.clone()).sign_up(account)).await?;
        let user = joined.user.ok_or_else(|| malformed("an answer without a user"))?;
        Ok(Self {
            id: id(user.user_id.parse())?,
            email: email.into(),
            gateway: gateway.clone(),
            token: Arc::new(RwLock::new(bearer(joined.access_token)?)),
            channel,
        })
    }

    /// Logs in once more: an access token lasts for ten minutes. Clones use the new one too.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn renew(&self) -> Result<(), Status> {
        let request = LogInRequest {
            email: self.email.to_string(),
            password: Self::PASSWORD.into(),
            ..LogInRequest::default()
        };
        let logged_in = in_time(AuthServiceClient::new(self.channel.clone()).log_in(request)).await?;
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = bearer(logged_in.access_token)?;
        Ok(())
    }

    /// The address they log in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The header `authorization` of their calls.
    #[must_use]
    pub fn token(&self) -> HeaderValue {
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner);
        token.as_bytes().try_into().unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The same person and session, over a connection of its own, which comes about when it is used.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        self.at(&self.gateway)
    }

    /// The same person and session, over a connection of its own to `gateway`.
    #[must_use]
    pub fn at(&self, gateway: &Endpoint) -> Self {
        Self { channel: gateway.connect_lazy(), gateway: gateway.clone(), ..self.clone() }
    }

    /// The same person and session, over the connection of `other`.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        Self { channel: other.channel(), gateway: other.gateway.clone(), ..self.clone() }
    }

    /// The connection, for calls that are not here.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// `message`, from this person.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner).clone();
        request.metadata_mut().insert("authorization", token);
        request
    }

    /// The conversation with `other`.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn open(&self, other: &Self) -> Result<ConversationId, Status> {
        let request = v1::OpenDirectConversationRequest { user_id: other.id.to_string() };
        let mut conversations = ConversationServiceClient::new(self.channel());
        let opened = in_time(conversations.open_direct_conversation(self.request(request))).await?;
        let conversation =
            opened.conversation.ok_or_else(|| malformed("an answer without a conversation"))?;
        id(conversation.conversation_id.parse())
    }

    /// A new group with `others`, called after the first thing that came to mind.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn found(&self, others: &[&Self]) -> Result<ConversationId, Status> {
        let member_ids = others.iter().map(|other| other.id.to_string()).collect();
        let request = v1::CreateGroupRequest {
            title: "Everybody".into(),
            member_ids,
            history: v1::History::Everything.into(),
            client_id: Uuid::new_v4().into(),
            ..v1::CreateGroupRequest::default()
        };
        let mut conversations = ConversationServiceClient::new(self.channel());
        let founded = in_time(conversations.create_group(self.request(request))).await?;
        let group = founded.conversation.ok_or_else(|| malformed("an answer without a conversation"))?;
        id(group.conversation_id.parse())
    }

    /// Takes `other` out of a group.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn remove(&self, conversation: ConversationId, other: &Self) -> Result<(), Status> {
        let (conversation_id, user_id) = (conversation.to_string(), other.id.to_string());
        let request = v1::RemoveMemberRequest { conversation_id, user_id };
        let mut conversations = ConversationServiceClient::new(self.channel());
        in_time(conversations.remove_member(self.request(request))).await.map(drop)
    }

    /// Tries to send, once.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn send(
        &self,
        conversation: ConversationId,
        text: &str,
        client: ClientId,
    ) -> Result<v1::SendMessageResponse, Status> {
        let target = Some(Target::ConversationId(conversation.to_string()));
        let (text, client_id) = (text.to_owned(), client.to_string());
        let request = v1::SendMessageRequest { target, text, client_id, ..Default::default() };
        let mut messages = MessageServiceClient::new(self.channel());
        in_time(messages.send_message(self.request(request))).await
    }

    /// Tries to send, once, and writes it down.
    pub async fn try_to_say(&self, key: Key, text: &str, recorder: &Recorder) -> Outcome {
        let begin = recorder.now();
        let outcome = match self.send(key.conversation, text, key.client).await {
            Ok(v1::SendMessageResponse { message: Some(message), replayed, .. }) => {
                Outcome::Ok { seq: message.seq, replayed }
            }
            Err(status) if is_definite(status.code()) => Outcome::Refused(status.code()),
            Ok(_) | Err(_) => Outcome::Unknown,
        };
        recorder.add_attempt(Attempt { key, text: text.into(), begin, end: recorder.now(), outcome });
        outcome
    }

    /// Reads one page of the log, and writes it down.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn page(
        &self,
        conversation: ConversationId,
        after: i64,
        recorder: &Recorder,
    ) -> Result<Reading, Status> {
        let reading = self.read_page(conversation, after, recorder).await?;
        recorder.add_reading(reading.clone());
        Ok(reading)
    }

    /// Reads the whole log, writes it down, and returns its last number.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn read_all(&self, conversation: ConversationId, recorder: &Recorder) -> Result<i64, Status> {
        let mut whole = self.read_page(conversation, 0, recorder).await?;
        // Ends with the log, which does not grow any more, or with a hole in it.
        while Some(whole.last()) < whole.head {
            let next = self.read_page(conversation, whole.last(), recorder).await?;
            if next.steps.is_empty() {
                break;
            }
            whole.steps.extend(next.steps);
        }
        let last = whole.last();
        recorder.add_reading(Reading { source: Source::Final, ..whole });
        Ok(last)
    }

    /// Opens a live stream.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn subscribe(
        &self,
        request: v1::SubscribeRequest,
    ) -> Result<Streaming<v1::SubscribeResponse>, Status> {
        in_time(LiveServiceClient::new(self.channel()).subscribe(self.request(request))).await
    }

    async fn read_page(
        &self,
        conversation: ConversationId,
        after: i64,
        recorder: &Recorder,
    ) -> Result<Reading, Status> {
        let begin = recorder.now();
        let conversation_id = conversation.to_string();
        let request = v1::ListEventsRequest { conversation_id, after_seq: after, page_size: Some(PAGE_SIZE) };
        let mut messages = MessageServiceClient::new(self.channel());
        let listed = in_time(messages.list_events(self.request(request))).await?;
        Ok(Reading {
            reader: self.id,
            conversation,
            source: Source::Page,
            begin,
            after,
            head: Some(listed.head_seq),
            steps: listed.events.into_iter().map(step).collect::<Result<_, _>>()?,
        })
    }
}

/// What `event` tells.
///
/// # Errors
///
/// If an id in it is none.
pub fn step(event: v1::Event) -> Result<Step, Status> {
    let seq = event.seq;
    Ok(match event.kind {
        Some(Kind::MessageSent(message)) => Step::Event(Seen {
            seq,
            sender: id(event.actor_id.parse())?,
            client: id(message.client_id.parse())?,
            text: message.text,
        }),
        Some(Kind::MemberLeft(left)) => Step::Left { seq, member: id(left.member_id.parse())? },
        _ => Step::Other(seq),
    })
}

/// Waits for the answer to `call`, but not for ever.
///
/// # Errors
///
/// What the server answers; `DEADLINE_EXCEEDED` if it does not.
pub async fn in_time<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Status> {
    let answer = tokio::time::timeout(CALL_MAX, call).await;
    answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("nobody answered"))).map(Response::into_inner)
}

/// An id that the server sent.
pub(crate) fn id<T>(parsed: Result<T, InvalidId>) -> Result<T, Status> {
    parsed.map_err(|_| malformed("an id that is none"))
}

/// Something that a server of ours never answers.
pub(crate) fn malformed(what: &str) -> Status {
    Status::data_loss(format!("the server sent {what}"))
}

fn bearer(token: Option<AccessToken>) -> Result<MetadataValue<Ascii>, Status> {
    let token = token.ok_or_else(|| malformed("an answer without a token"))?.token;
    format!("Bearer {token}").parse().map_err(|_| malformed("a token that is none"))
}

/// Whether a call that ended with `code` has stored nothing, and never will.
const fn is_definite(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Unauthenticated
    )
}
