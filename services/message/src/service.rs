//! The service as gRPC sees it: who, what, do it, answer.

use std::pin::Pin;
use std::sync::Arc;

use confab_bus::Bus;
use confab_core::Clock;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_server::{self, ConversationServiceServer};
use confab_proto::message::v1::live_service_server::{self, LiveServiceServer};
use confab_proto::message::v1::message_service_server::{self, MessageServiceServer};
use confab_rpc::{Caller, Channel, RemoteKeys, ServiceKey, Shutdown, TokenVerifier, guard};
use futures_util::Stream;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::append::Appender;
use crate::config::Config;
use crate::convert::Viewed;
use crate::finisher::Finisher;
use crate::live::{Hub, Known};
use crate::members::Members;
use crate::store::{MessageStore, Stores};
use crate::{convert, handlers};

/// The largest request, in bytes: a text of 8,000 characters of four bytes, or
/// 1,000 known heads, and some room.
const REQUEST_BYTES_MAX: usize = 128 * 1024;
/// How many events a response has if the request does not say.
const EVENTS_DEFAULT: usize = 100;

/// The message service. Clones are one and the same.
#[derive(Clone)]
pub struct MessageService {
    pub(crate) store: Arc<dyn MessageStore>,
    pub(crate) appender: Appender,
    pub(crate) members: Members,
    finisher: Finisher,
    pub(crate) hub: Arc<Hub>,
    pub(crate) clients: Clients,
    pub(crate) clock: Arc<dyn Clock>,
    verifier: Arc<TokenVerifier>,
}

/// The services that this one asks.
#[derive(Clone)]
pub struct Clients {
    /// Asks auth who exists.
    pub(crate) users: UserDirectoryServiceClient<Channel>,
    keys: Channel,
    service_key: ServiceKey,
}

impl Clients {
    /// Asks the auth service that `auth` leads to, in the name of the message service.
    #[must_use]
    pub fn new(auth: Channel, service_key: ServiceKey, clock: Arc<dyn Clock>) -> Self {
        let as_message = auth.clone().with_service_token("message", service_key.clone(), clock);
        Self { users: UserDirectoryServiceClient::new(as_message), keys: auth, service_key }
    }
}

impl MessageService {
    /// Makes the service. It opens no port and starts no task before it is asked something.
    ///
    /// Live streams end when `shutdown` begins.
    #[must_use]
    pub fn new(
        config: &Config,
        stores: Stores,
        clients: Clients,
        bus: Bus,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
    ) -> Self {
        let store = stores.messages;
        let members = Members::new(store.clone());
        let finisher = Finisher::new(store.clone(), shutdown.clone());
        let source = Arc::new(RemoteKeys::new(clients.keys.clone()));
        Self {
            appender: Appender::new(store.clone(), bus.clone(), clock.clone(), config.group_members_max),
            hub: Hub::new(config, store.clone(), bus, shutdown),
            verifier: Arc::new(TokenVerifier::new(source, &clients.service_key, clock.clone())),
            finisher,
            store,
            members,
            clients,
            clock,
        }
    }

    /// The RPCs of the service, behind the guard.
    #[must_use]
    pub fn into_routes(self) -> Routes {
        let verifier = self.verifier.clone();
        let mut routes = Routes::builder();
        routes
            .add_service(
                ConversationServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX),
            )
            .add_service(MessageServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX))
            .add_service(LiveServiceServer::new(self).max_decoding_message_size(REQUEST_BYTES_MAX));
        guard(routes.routes(), verifier)
    }
}

#[tonic::async_trait]
impl conversation_service_server::ConversationService for MessageService {
    async fn open_direct_conversation(
        &self,
        request: Request<v1::OpenDirectConversationRequest>,
    ) -> Result<Response<v1::OpenDirectConversationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        let overview = handlers::open_direct_conversation(self, caller.user, other).await?;
        Ok(Response::new(v1::OpenDirectConversationResponse {
            conversation: Some(Viewed { overview, by: caller.user }.into()),
        }))
    }

    async fn list_conversations(
        &self,
        request: Request<v1::ListConversationsRequest>,
    ) -> Result<Response<v1::ListConversationsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let page = convert::page(request.page_size, &request.page_token)?;
        let (overviews, next_page_token) = handlers::list_conversations(self, caller.user, page).await?;
        let by = caller.user;
        let conversations = overviews.into_iter().map(|overview| Viewed { overview, by }.into()).collect();
        Ok(Response::new(v1::ListConversationsResponse { conversations, next_page_token }))
    }

    async fn mark_read(
        &self,
        request: Request<v1::MarkReadRequest>,
    ) -> Result<Response<v1::MarkReadResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let read = handlers::mark_read(self, caller.user, conversation, request.seq).await?;
        Ok(Response::new(read.into()))
    }
}

#[tonic::async_trait]
impl message_service_server::MessageService for MessageService {
    async fn send_message(
        &self,
        request: Request<v1::SendMessageRequest>,
    ) -> Result<Response<v1::SendMessageResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let (target, draft) = convert::draft(caller.user, request.into_inner())?;
        let sent = handlers::send_message(self, caller.user, target, draft).await?;
        Ok(Response::new(sent.into()))
    }

    async fn list_messages(
        &self,
        request: Request<v1::ListMessagesRequest>,
    ) -> Result<Response<v1::ListMessagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let page = convert::page(request.page_size, &request.page_token)?;
        let (messages, next_page_token) =
            handlers::list_messages(self, caller.user, conversation, page).await?;
        let messages = messages.into_iter().map(Into::into).collect();
        Ok(Response::new(v1::ListMessagesResponse { messages, next_page_token }))
    }

    async fn list_events(
        &self,
        request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let conversation = convert::conversation_id(&request.conversation_id)?;
        let limit = convert::limit(request.page_size, EVENTS_DEFAULT);
        let (events, head) =
            handlers::list_events(self, caller.user, conversation, request.after_seq, limit).await?;
        Ok(Response::new(convert::events(events, head)))
    }
}

#[tonic::async_trait]
impl live_service_server::LiveService for MessageService {
    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<v1::SubscribeResponse, Status>> + Send>>;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let caller = Caller::of(&request)?;
        self.finisher.begin();
        let known = Known::try_from(request.into_inner())?;
        let lifetime = caller.expires.since(self.clock.now());
        let stream = self.hub.clone().subscribe(caller.user, known, lifetime).await?;
        Ok(Response::new(Box::pin(stream)))
    }
}
