//! A message service of its own for each test.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use confab_bus::Bus;
use confab_core::{Clock, SessionId, SystemClock, Timestamp, UserId};
use confab_db::Database;
use confab_message::{
    Clients, Config, ConversationLimits, InnerAddresses, MessageService, Outside, PushConfig, PushKey,
    PushSwitch, Pusher, Stores,
};
use confab_proto::internal::v1::personal_data_service_client::PersonalDataServiceClient;
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_proto::message::v1::send_message_request::Target;
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{Channel, ServiceKey, Shutdown};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::{Request, Status};
use uuid::Uuid;

use crate::auth::Auth;
use crate::media::Media;

/// An Ed25519 key pair of the tests (RFC 8032, section 7.1, test 1).
const PRIVATE_KEY: &str =
    "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
pub const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// Small, so that its limits are soon reached.
const CONFIG: Config = Config {
    live_streams_max: 100,
    live_streams_per_user_max: 2,
    group_members_max: 5,
    conversation_limits: ConversationLimits::Off,
    conversation_events_per_minute: NonZeroU32::MIN,
    push: PushConfig::OFF,
};

/// A message service, mostly on the embedded store, and somebody who knows who exists.
pub struct World {
    channel: Channel,
    stores: Stores,
    pub auth: Auth,
    pub media: Media,
    pub bus: Bus,
    pub shutdown: Shutdown,
    service_key: ServiceKey,
    _folder: Option<TempDir>,
    _pushing: JoinSet<()>,
}

/// Somebody with an access token.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub session: SessionId,
    pub channel: Channel,
    pub token: String,
}

impl World {
    pub async fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock)).await
    }

    /// A world in which it is as late as `clock` says.
    pub async fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self::with(CONFIG, clock, Bus::in_process()).await
    }

    /// A world in which groups have at most so many members.
    pub async fn with_group_members_max(group_members_max: usize) -> Self {
        let config = Config { group_members_max, ..CONFIG };
        Self::with(config, Arc::new(SystemClock), Bus::in_process()).await
    }

    /// A world in which so much happens in one conversation within a minute of `clock`.
    pub async fn with_events_per_minute(count: u32, clock: Arc<dyn Clock>) -> Self {
        let conversation_events_per_minute = NonZeroU32::new(count).unwrap();
        let conversation_limits = ConversationLimits::On;
        let config = Config { conversation_limits, conversation_events_per_minute, ..CONFIG };
        Self::with(config, clock, Bus::in_process()).await
    }

    /// A world in which devices are told of messages, also by services of ours.
    pub async fn with_push(clock: Arc<dyn Clock>) -> Self {
        Self::with(pushing(InnerAddresses::Allowed), clock, Bus::in_process()).await
    }

    /// The same, but only by services that can be anybody's.
    pub async fn with_careful_push() -> Self {
        Self::with(pushing(InnerAddresses::Refused), Arc::new(SystemClock), Bus::in_process()).await
    }

    /// A world with this bus.
    pub async fn with_bus(bus: Bus) -> Self {
        Self::with(CONFIG, Arc::new(SystemClock), bus).await
    }

    async fn with(config: Config, clock: Arc<dyn Clock>, bus: Bus) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = Stores::open(&Database::Embedded { folder: folder.path().to_owned() }).await.unwrap();
        Self { _folder: Some(folder), ..Self::of(config, stores, clock, bus) }
    }

    /// A world with these stores.
    pub fn with_stores(stores: Stores) -> Self {
        Self::of(CONFIG, stores, Arc::new(SystemClock), Bus::in_process())
    }

    fn of(config: Config, stores: Stores, clock: Arc<dyn Clock>, bus: Bus) -> Self {
        let (auth, media, shutdown) = (Auth::default(), Media::default(), Shutdown::new());
        let service_key = ServiceKey::generate().unwrap();
        let (channel, pusher) =
            node(&config, &stores, (&auth, &media, &service_key), bus.clone(), clock, &shutdown);
        let mut pushing = JoinSet::new();
        pushing.spawn(async move { pusher.run().await });
        Self { channel, stores, auth, media, bus, shutdown, service_key, _folder: None, _pushing: pushing }
    }

    /// Another node with the same data, which nobody hears ring.
    pub fn another_node(&self) -> Channel {
        self.another_node_with(&self.stores, Bus::in_process())
    }

    /// Another node, which has opened the stores for itself.
    pub fn another_node_with(&self, stores: &Stores, bus: Bus) -> Channel {
        let others = (&self.auth, &self.media, &self.service_key);
        node(&CONFIG, stores, others, bus, Arc::new(SystemClock), &self.shutdown).0
    }

    /// What auth asks about people.
    pub fn personal_data(&self) -> PersonalDataServiceClient<Channel> {
        let (key, clock) = (self.service_key.clone(), Arc::new(SystemClock));
        PersonalDataServiceClient::new(self.channel.clone().with_service_token("auth", key, clock))
    }

    /// Somebody whom auth knows.
    pub fn person(&self) -> Person {
        self.person_until(SystemClock.now().plus(Duration::from_mins(10)))
    }

    /// Somebody whose access token ends then.
    pub fn person_until(&self, expires: Timestamp) -> Person {
        let id = UserId::new(SystemClock.now());
        self.auth.add(id);
        let session = SessionId::new(SystemClock.now());
        Person { id, session, channel: self.channel.clone(), token: token(id, session, expires) }
    }

    /// The same person on another device.
    pub fn person_again(&self, person: &Person) -> Person {
        let (session, expires) =
            (SessionId::new(SystemClock.now()), SystemClock.now().plus(Duration::from_mins(10)));
        let (channel, token) = (self.channel.clone(), token(person.id, session, expires));
        Person { id: person.id, session, channel, token }
    }

    /// Nobody in particular, without a token.
    pub fn stranger(&self) -> MessageServiceClient<Channel> {
        MessageServiceClient::new(self.channel.clone())
    }
}

fn node(
    config: &Config,
    stores: &Stores,
    (auth, media, service_key): (&Auth, &Media, &ServiceKey),
    bus: Bus,
    clock: Arc<dyn Clock>,
    shutdown: &Shutdown,
) -> (Channel, Pusher) {
    let clients = Clients::new(auth.channel(), media.channel(), service_key.clone(), clock.clone());
    let service = MessageService::new(config, stores.clone(), clients, bus, clock, shutdown.clone());
    let service = service.with_push(Outside::open(&config.push, PushKey::generate().unwrap()).unwrap());
    let pusher = service.pusher();
    (Channel::in_process(service.into_routes()), pusher)
}

/// With devices told of messages.
fn pushing(push_inner_addresses: InnerAddresses) -> Config {
    let push_contact = Some("mailto:admin@example.com".into());
    Config { push: PushConfig { push: PushSwitch::On, push_contact, push_inner_addresses }, ..CONFIG }
}

impl Person {
    /// The same person at another node.
    pub fn at(&self, node: &Channel) -> Self {
        Self { channel: node.clone(), ..self.clone() }
    }

    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        request
    }

    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub fn messages(&self) -> MessageServiceClient<Channel> {
        MessageServiceClient::new(self.channel.clone())
    }

    pub fn conversations(&self) -> ConversationServiceClient<Channel> {
        ConversationServiceClient::new(self.channel.clone())
    }

    pub async fn say_to(&self, other: &Self, text: &str) -> v1::Message {
        self.send(Target::UserId(other.id.to_string()), text, Uuid::new_v4()).await.unwrap().message.unwrap()
    }

    pub async fn send(
        &self,
        target: Target,
        text: &str,
        client_id: Uuid,
    ) -> Result<v1::SendMessageResponse, Status> {
        let (target, client_id) = (Some(target), client_id.to_string());
        let request = v1::SendMessageRequest { target, text: text.into(), client_id, ..Default::default() };
        Ok(self.messages().send_message(self.request(request)).await?.into_inner())
    }

    pub async fn overview(&self, conversation: &str) -> v1::Conversation {
        let request = v1::ListConversationsRequest { page_size: Some(100), ..Default::default() };
        let listed = self.conversations().list_conversations(self.request(request)).await.unwrap();
        let mut listed = listed.into_inner().conversations.into_iter();
        listed.find(|listed| listed.conversation_id == conversation).unwrap()
    }

    pub async fn subscribe(
        &self,
        request: v1::SubscribeRequest,
    ) -> Result<tonic::Streaming<v1::SubscribeResponse>, Status> {
        let mut live = LiveServiceClient::new(self.channel.clone());
        Ok(live.subscribe(self.request(request)).await?.into_inner())
    }
}

fn token(user: UserId, session: SessionId, expires: Timestamp) -> String {
    let now = SystemClock.now();
    let claims = AccessClaims {
        iss: ACCESS_ISSUER.into(),
        aud: ACCESS_AUDIENCE.into(),
        sub: user.to_string(),
        sid: session.to_string(),
        iat: now.as_seconds(),
        exp: expires.as_seconds(),
        nbf: None,
    };
    let header =
        Header { typ: Some(ACCESS_TYP.into()), kid: Some("test".into()), ..Header::new(Algorithm::EdDSA) };
    let key = EncodingKey::from_ed_der(&hex::decode(PRIVATE_KEY).unwrap());
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}
