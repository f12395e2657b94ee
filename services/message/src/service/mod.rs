//! The service as gRPC sees it: who, what, do it, answer.

mod conversations;
mod live;
mod messages;
mod personal_data;
mod places;
mod pushes;

use std::sync::Arc;

use confab_bus::Bus;
use confab_core::Clock;
use confab_proto::internal::v1::personal_data_service_server::PersonalDataServiceServer;
use confab_proto::internal::v1::place_service_server::PlaceServiceServer;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_proto::message::v1::conversation_service_server::ConversationServiceServer;
use confab_proto::message::v1::live_service_server::LiveServiceServer;
use confab_proto::message::v1::message_service_server::MessageServiceServer;
use confab_proto::message::v1::push_service_server::PushServiceServer;
use confab_rpc::{Channel, RemoteKeys, Revoked, ServiceKey, Shutdown, TokenVerifier, guard};
use tonic::service::Routes;

use crate::append::Appender;
use crate::config::Config;
use crate::contacts::{ASK_TIMEOUT, Contacts};
use crate::finisher::Finisher;
use crate::library::Library;
use crate::live::{Hub, MarkNews, Presence};
use crate::marks::Marker;
use crate::members::Members;
use crate::pace::Pace;
use crate::push::{Needs, Outside, Pusher};
use crate::search::Indexer;
use crate::store::{MessageStore, PeopleStore, PushStore, SearchIndex, Stores};

/// The largest request, in bytes: a text of 8,000 characters of four bytes, or
/// 1,000 known heads, and some room.
const REQUEST_BYTES_MAX: usize = 128 * 1024;

/// The message service. Clones are one and the same.
#[derive(Clone)]
pub struct MessageService {
    pub(crate) store: Arc<dyn MessageStore>,
    pub(crate) people: Arc<dyn PeopleStore>,
    pub(crate) appender: Appender,
    pub(crate) members: Members,
    pub(crate) pace: Pace,
    pub(crate) contacts: Contacts,
    pub(crate) library: Library,
    finisher: Finisher,
    pub(crate) marker: Marker,
    pub(crate) mark_news: MarkNews,
    pub(crate) hub: Arc<Hub>,
    pub(crate) index: Arc<dyn SearchIndex>,
    pub(crate) pushes: Arc<dyn PushStore>,
    pub(crate) pusher: Pusher,
    pub(crate) indexer: Indexer,
    pub(crate) clock: Arc<dyn Clock>,
    verifier: Arc<TokenVerifier>,
}

/// The services that this one asks.
#[derive(Clone)]
pub struct Clients {
    /// Asks auth who exists.
    pub(crate) users: UserDirectoryServiceClient<Channel>,
    sessions: SessionServiceClient<Channel>,
    media: Channel,
    keys: Channel,
    service_key: ServiceKey,
    revoked: Arc<Revoked>,
}

impl Clients {
    /// Asks the auth and the media service that `auth` and `media` lead to, in the
    /// name of the message service.
    #[must_use]
    pub fn new(auth: Channel, media: Channel, service_key: ServiceKey, clock: Arc<dyn Clock>) -> Self {
        let as_message =
            |channel: Channel| channel.with_service_token("message", service_key.clone(), clock.clone());
        let users = UserDirectoryServiceClient::new(as_message(auth.clone()));
        let sessions = SessionServiceClient::new(as_message(auth.clone()));
        let media = as_message(media);
        Self { users, sessions, media, keys: auth, service_key, revoked: Arc::default() }
    }

    /// The same for a service that lets nobody in whose session `revoked` knows.
    #[must_use]
    pub fn heeding(self, revoked: Arc<Revoked>) -> Self {
        Self { revoked, ..self }
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
        let Stores { messages: store, people, index, pushes } = stores;
        let members = Members::new(store.clone());
        let presence = Presence::new(people.clone(), bus.clone(), clock.clone(), shutdown.clone());
        let indexer = Indexer::new(store.clone(), index.clone(), shutdown.clone());
        let finisher = Finisher::new(store.clone(), shutdown.clone());
        let source = Arc::new(RemoteKeys::new(clients.keys.clone()));
        let verifier = TokenVerifier::new(source, &clients.service_key, clock.clone());
        let verifier = verifier.heeding(clients.revoked.clone());
        let hub = Hub::new(config, store.clone(), presence, bus.clone(), shutdown);
        // Nothing goes out until a way is given.
        let (_, pusher) = Pusher::new(Needs {
            store: store.clone(),
            pushes: pushes.clone(),
            hub: hub.clone(),
            users: clients.users.clone(),
            sessions: clients.sessions.clone(),
            outside: Outside::default(),
            clock: clock.clone(),
        });
        Self {
            marker: Marker::new(store.clone()),
            mark_news: MarkNews::new(bus.clone()),
            appender: Appender::new(
                store.clone(),
                bus.clone(),
                clock.clone(),
                config.group_members_max,
                indexer.clone(),
            ),
            hub,
            pushes,
            pusher,
            verifier: Arc::new(verifier),
            library: Library::new(clients.media.clone()),
            contacts: Contacts::new(clients.users.clone(), people.clone(), clock.clone(), ASK_TIMEOUT),
            index,
            indexer,
            finisher,
            store,
            people,
            members,
            pace: Pace::new(config, &clock),
            clock,
        }
    }

    /// The same, with devices told of messages by the way `outside`.
    #[must_use]
    pub fn with_push(self, outside: Outside) -> Self {
        let (push_box, pusher) = self.pusher.with_way_out(outside);
        Self { appender: self.appender.clone().with_push_box(push_box), pusher, ..self }
    }

    /// What tells devices, for as long as it is let run.
    #[must_use]
    pub fn pusher(&self) -> Pusher {
        self.pusher.clone()
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
            .add_service(
                PersonalDataServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX),
            )
            .add_service(MessageServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX))
            .add_service(PushServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX))
            .add_service(PlaceServiceServer::new(self.clone()).max_decoding_message_size(REQUEST_BYTES_MAX))
            .add_service(LiveServiceServer::new(self).max_decoding_message_size(REQUEST_BYTES_MAX));
        guard(routes.routes(), verifier)
    }
}
