//! Somebody who calls a node, and listens to one.

use std::time::{Duration, Instant};

use confab_core::{ClientId, Clock, SystemClock, UserId};
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::auth::v1::{LogInRequest, RevokeOtherSessionsRequest, SignUpRequest};
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_proto::message::v1::send_message_request::Target;
use confab_proto::message::v1::subscribe_response::Frame;
use confab_rpc::Channel;
use tokio::time::timeout;
use tonic::{Request, Status, Streaming};

/// How long an answer, or a frame, may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    token: String,
    channel: Channel,
}

/// A live stream.
pub struct Stream(Streaming<v1::SubscribeResponse>);

impl Person {
    /// Signs up with the auth service.
    pub async fn join(auth: u16, name: &str) -> Result<Self, Status> {
        let account = SignUpRequest {
            email: format!("{name}@example.com"),
            password: "correct horse 7".into(),
            name: name.into(),
            ..SignUpRequest::default()
        };
        let channel = connection(auth);
        let joined = AuthServiceClient::new(channel.clone()).sign_up(account).await?.into_inner();
        let token = format!("Bearer {}", joined.access_token.unwrap().token);
        Ok(Self { id: joined.user.unwrap().user_id.parse().unwrap(), token, channel })
    }

    /// The same person in another session.
    pub async fn log_in(&self, auth: u16, name: &str) -> Self {
        let account = LogInRequest {
            email: format!("{name}@example.com"),
            password: "correct horse 7".into(),
            ..LogInRequest::default()
        };
        let logged_in = AuthServiceClient::new(connection(auth)).log_in(account).await.unwrap().into_inner();
        let token = format!("Bearer {}", logged_in.access_token.unwrap().token);
        Self { token, ..self.clone() }
    }

    /// Ends all sessions but this one, and returns when that was acknowledged.
    pub async fn end_other_sessions(&self, auth: u16) -> Instant {
        let mut client = AuthServiceClient::new(connection(auth));
        client.revoke_other_sessions(self.request(RevokeOtherSessionsRequest {})).await.unwrap();
        Instant::now()
    }

    /// The same person, who calls the message service on `port`.
    pub fn at(&self, port: u16) -> Self {
        Self { channel: connection(port), ..self.clone() }
    }

    /// Whether the message service answers.
    pub async fn is_answered(&self) -> bool {
        let mut conversations = ConversationServiceClient::new(self.channel.clone());
        let request = self.request(v1::ListConversationsRequest::default());
        conversations.list_conversations(request).await.is_ok()
    }

    /// Says something to `other`, and returns the number of the message and when
    /// it was acknowledged.
    pub async fn say_to(&self, other: &Self, text: &str) -> (i64, Instant) {
        let request = v1::SendMessageRequest {
            target: Some(Target::UserId(other.id.to_string())),
            text: text.into(),
            client_id: ClientId::new(SystemClock.now()).to_string(),
            ..Default::default()
        };
        let mut messages = MessageServiceClient::new(self.channel.clone());
        let sent = timeout(PATIENCE, messages.send_message(self.request(request))).await.unwrap().unwrap();
        (sent.into_inner().message.unwrap().seq, Instant::now())
    }

    /// Listens to what happens from now on, and to all that has happened.
    pub async fn listen(&self) -> Stream {
        let mut live = LiveServiceClient::new(self.channel.clone());
        let request = self.request(v1::SubscribeRequest::default());
        let stream = timeout(PATIENCE, live.subscribe(request)).await.unwrap().unwrap().into_inner();
        let mut stream = Stream(stream);
        assert!(matches!(stream.next().await, Frame::Ready(_)));
        stream
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.parse().unwrap());
        request
    }
}

impl Stream {
    /// The next event: its number, and when it was heard. Nothing may be left out.
    pub async fn hear(&mut self) -> (i64, Instant) {
        loop {
            match self.next().await {
                Frame::Event(event) => return (event.seq, Instant::now()),
                Frame::Heartbeat(_) => {}
                other => panic!("not an event: {other:?}"),
            }
        }
    }

    /// How and when the stream ends.
    pub async fn end(mut self) -> (Status, Instant) {
        loop {
            match timeout(PATIENCE, self.0.message()).await.expect("the end comes in time") {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended without a reason"),
                Err(status) => return (status, Instant::now()),
            }
        }
    }

    /// The next frame.
    pub async fn next(&mut self) -> Frame {
        let frame = timeout(PATIENCE, self.0.message()).await.expect("heard in time").unwrap();
        frame.unwrap().frame.unwrap()
    }
}

fn connection(port: u16) -> Channel {
    Channel::remote(format!("http://127.0.0.1:{port}").parse().unwrap())
}
