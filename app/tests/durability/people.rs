//! People with programs of their own, who come in through the gateway.

use std::time::Duration;

use confab_core::{ClientId, ConversationId, UserId};
use confab_proto::auth::v1::SignUpRequest;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_proto::message::v1::send_message_request::Target;
use confab_rpc::Channel;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::history::{Attempt, Key, Outcome, Reading, Recorder, Seen, Source, Step};

/// How long an answer may take.
const CALL_MAX: Duration = Duration::from_secs(20);
/// How many events are asked for at once.
const PAGE_SIZE: i32 = 500;

/// Somebody with a session, which outlives the server.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    gateway: u16,
    token: MetadataValue<Ascii>,
    channel: Channel,
}

impl Person {
    /// Signs up at the gateway.
    pub async fn join(gateway: u16, name: &str) -> Self {
        let account = SignUpRequest {
            email: format!("{name}@example.com"),
            password: "correct horse 7".into(),
            name: name.into(),
            ..SignUpRequest::default()
        };
        let channel = connection(gateway);
        let joined = AuthServiceClient::new(channel.clone()).sign_up(account).await.unwrap().into_inner();
        let token = format!("Bearer {}", joined.access_token.unwrap().token).parse().unwrap();
        Self { id: joined.user.unwrap().user_id.parse().unwrap(), gateway, token, channel }
    }

    /// The same person and session, over a connection of its own.
    pub fn elsewhere(&self) -> Self {
        Self { channel: connection(self.gateway), ..self.clone() }
    }

    /// The conversation with `other`.
    pub async fn open(&self, other: &Self) -> ConversationId {
        let request = v1::OpenDirectConversationRequest { user_id: other.id.to_string() };
        let mut conversations = ConversationServiceClient::new(self.channel.clone());
        let call = conversations.open_direct_conversation(self.request(request));
        let opened = in_time(call).await.unwrap().conversation.unwrap();
        opened.conversation_id.parse().unwrap()
    }

    /// All conversations, as this person sees them.
    pub async fn overviews(&self) -> Vec<v1::Conversation> {
        let request = v1::ListConversationsRequest::default();
        let mut conversations = ConversationServiceClient::new(self.channel.clone());
        in_time(conversations.list_conversations(self.request(request))).await.unwrap().conversations
    }

    pub async fn mark_read(&self, conversation: ConversationId, seq: i64) -> v1::MarkReadResponse {
        let request = v1::MarkReadRequest { conversation_id: conversation.to_string(), seq };
        let mut conversations = ConversationServiceClient::new(self.channel.clone());
        in_time(conversations.mark_read(self.request(request))).await.unwrap()
    }

    /// Tries to send, once.
    pub async fn send(
        &self,
        conversation: ConversationId,
        text: &str,
        client: ClientId,
    ) -> Result<v1::SendMessageResponse, Status> {
        let target = Some(Target::ConversationId(conversation.to_string()));
        let request = v1::SendMessageRequest { target, text: text.into(), client_id: client.to_string() };
        let mut messages = MessageServiceClient::new(self.channel.clone());
        in_time(messages.send_message(self.request(request))).await
    }

    /// Tries to send, once, and writes it down.
    pub async fn try_to_say(&self, key: Key, text: &str, recorder: &Recorder) -> Outcome {
        let begin = recorder.now();
        let answer = self.send(key.conversation, text, key.client).await;
        let outcome = match answer {
            Ok(sent) => Outcome::Ok { seq: sent.message.unwrap().seq, replayed: sent.replayed },
            Err(status) if is_definite(status.code()) => Outcome::Refused(status.code()),
            Err(_) => Outcome::Unknown,
        };
        recorder.add_attempt(Attempt { key, text: text.into(), begin, end: recorder.now(), outcome });
        outcome
    }

    /// Reads one page of the log, and writes it down.
    pub async fn page(
        &self,
        conversation: ConversationId,
        after: i64,
        recorder: &Recorder,
    ) -> Result<Reading, Status> {
        let begin = recorder.now();
        let conversation_id = conversation.to_string();
        let request = v1::ListEventsRequest { conversation_id, after_seq: after, page_size: Some(PAGE_SIZE) };
        let mut messages = MessageServiceClient::new(self.channel.clone());
        let listed = in_time(messages.list_events(self.request(request))).await?;
        let reading = Reading {
            reader: self.id,
            conversation,
            source: Source::Page,
            begin,
            after,
            head: Some(listed.head_seq),
            steps: listed.events.into_iter().map(|event| Step::Event(seen(event))).collect(),
        };
        recorder.add_reading(reading.clone());
        Ok(reading)
    }

    /// Reads the whole log, writes it down, and returns its last number.
    pub async fn read_all(&self, conversation: ConversationId, recorder: &Recorder) -> i64 {
        let mut whole = self.page(conversation, 0, recorder).await.unwrap();
        let mut last = last_of(&whole);
        // Ends with the log, which does not grow any more, or with a hole in it.
        while Some(last) < whole.head {
            let next = self.page(conversation, last, recorder).await.unwrap();
            if next.steps.is_empty() {
                break;
            }
            last = last_of(&next);
            whole.steps.extend(next.steps);
        }
        recorder.add_reading(Reading { source: Source::Final, ..whole });
        last
    }

    pub async fn subscribe(
        &self,
        request: v1::SubscribeRequest,
    ) -> Result<Streaming<v1::SubscribeResponse>, Status> {
        let mut live = LiveServiceClient::new(self.channel.clone());
        in_time(live.subscribe(self.request(request))).await
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.clone());
        request
    }
}

/// What `event` says. There are only messages yet.
pub fn seen(event: v1::Event) -> Seen {
    let Some(v1::event::Kind::MessageSent(message)) = event.kind else {
        panic!("an event of another kind: {event:?}")
    };
    Seen {
        seq: event.seq,
        sender: event.actor_id.parse().unwrap(),
        client: message.client_id.parse().unwrap(),
        text: message.text,
    }
}

/// The last number in `reading`.
pub fn last_of(reading: &Reading) -> i64 {
    reading.events().last().map_or(reading.after, |seen| seen.seq)
}

fn connection(gateway: u16) -> Channel {
    Channel::remote(format!("http://127.0.0.1:{gateway}").parse().unwrap())
}

async fn in_time<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Status> {
    let answer = tokio::time::timeout(CALL_MAX, call).await;
    answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("nobody answered"))).map(Response::into_inner)
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
