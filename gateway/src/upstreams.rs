//! Which service a path leads to.

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodRouter, post_service};
use confab_rpc::Channel;
use tonic::body::Body;
use tower::ServiceExt;

/// The ways to the services that the gateway stands before.
#[derive(Clone)]
pub struct Upstreams {
    /// The way to the auth service.
    pub auth: Channel,
    /// The way to the message service.
    pub message: Channel,
    /// The way to the media service.
    pub media: Channel,
}

impl Upstreams {
    /// Every gRPC service that can be called from outside, and the way to it.
    fn table(&self) -> [(&'static str, &Channel); 12] {
        [
            ("confab.auth.v1.AdminService", &self.auth),
            ("confab.auth.v1.AuthService", &self.auth),
            ("confab.auth.v1.FactorService", &self.auth),
            ("confab.auth.v1.IdentityService", &self.auth),
            ("confab.auth.v1.InviteService", &self.auth),
            ("confab.auth.v1.PasskeyService", &self.auth),
            ("confab.auth.v1.UserService", &self.auth),
            ("confab.media.v1.MediaService", &self.media),
            ("confab.message.v1.ConversationService", &self.message),
            ("confab.message.v1.LiveService", &self.message),
            ("confab.message.v1.MessageService", &self.message),
            ("confab.message.v1.PushService", &self.message),
        ]
    }

    /// Every role that nothing goes without, and the way to it. Without media,
    /// people still talk.
    pub(crate) fn roles(&self) -> [(&'static str, &Channel); 2] {
        [("auth", &self.auth), ("message", &self.message)]
    }

    /// The names of the services that can be called from outside.
    #[must_use]
    pub fn service_names(&self) -> Vec<&'static str> {
        self.table().map(|(name, _)| name).to_vec()
    }

    /// Passes calls on to the services in the table.
    pub(crate) fn router(&self) -> Router {
        let add = |router: Router, (name, channel): (&str, &Channel)| {
            router.route(&format!("/{name}/{{rpc}}"), upstream(channel.clone()))
        };
        self.table().into_iter().fold(Router::new(), add)
    }
}

/// Passes calls on, whether `channel` leads to another host or to this process.
fn upstream(channel: Channel) -> MethodRouter {
    post_service(channel.map_request(|request: Request| request.map(Body::new)))
}
