//! The gRPC services of auth: who calls, what they want, do it, answer.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use confab_core::Clock;
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_server::{self, AuthServiceServer};
use confab_proto::auth::v1::invite_service_server::InviteServiceServer;
use confab_proto::auth::v1::user_service_server::{UserService, UserServiceServer};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_server::{SessionService, SessionServiceServer};
use confab_proto::internal::v1::user_directory_service_server::{
    UserDirectoryService, UserDirectoryServiceServer,
};
use confab_rpc::{Caller, Revoked, ServiceKey, Shutdown, TokenVerifier, guard};
use futures_util::{Stream, TryStreamExt};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::config::{Config, SignUpPolicy};
use crate::domain::{EmailDomain, LogIn, PasswordChange, ProfileChange, SignUp};
use crate::hashing::Hasher;
use crate::keys::{KeyRotation, SigningKeys};
use crate::limits::Limits;
use crate::signing::SigningKey;
use crate::store::Stores;
use crate::{convert, handlers};

/// The largest request, in bytes: a thousand ids and some room.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Who may sign up.
pub(crate) struct SignUpRule {
    pub policy: SignUpPolicy,
    pub domains: Vec<EmailDomain>,
}

/// Knows people, and lets them in and out.
pub struct AuthService {
    pub(crate) stores: Stores,
    pub(crate) hasher: Hasher,
    pub(crate) limits: Limits,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) session_lifetime: Duration,
    pub(crate) sign_up: SignUpRule,
    /// Changes when this node has ended a session.
    pub(crate) ended: watch::Sender<()>,
    pub(crate) shutdown: Shutdown,
    verifier: Arc<TokenVerifier>,
}

impl AuthService {
    /// Makes the service. It signs with `signing_key`, knows other services by
    /// `service_key`, and lets nobody in whose session `revoked` knows. Nothing
    /// runs and no port is open after this. Streams end when `shutdown` begins.
    #[must_use]
    pub fn new(
        config: &Config,
        stores: Stores,
        signing_key: SigningKey,
        service_key: &ServiceKey,
        revoked: Arc<Revoked>,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
    ) -> Self {
        let keys = Arc::new(SigningKeys::new(signing_key, stores.keys.clone(), clock.clone()));
        let verifier = TokenVerifier::new(keys.clone(), service_key, clock.clone()).heeding(revoked);
        let hasher = Hasher::new(config.password_cost, config.password_queue);
        Self {
            stores,
            hasher,
            limits: Limits::new(config, &clock),
            keys,
            clock,
            session_lifetime: config.session_lifetime,
            sign_up: SignUpRule { policy: config.sign_up, domains: config.sign_up_domain.clone() },
            ended: watch::Sender::new(()),
            shutdown,
            verifier: Arc::new(verifier),
        }
    }

    /// Changes the key that this signs with, while it runs.
    #[must_use]
    pub fn key_rotation(&self) -> KeyRotation {
        KeyRotation(self.keys.clone())
    }

    /// All services of auth, guarded: to be served on a port, or called in process.
    #[must_use]
    pub fn into_routes(self) -> Routes {
        let verifier = self.verifier.clone();
        let service = Arc::new(self);
        let auth = AuthServiceServer::from_arc(service.clone());
        let users = UserServiceServer::from_arc(service.clone());
        let invites = InviteServiceServer::from_arc(service.clone());
        let sessions = SessionServiceServer::from_arc(service.clone());
        let directory = UserDirectoryServiceServer::from_arc(service);

        let mut routes = Routes::builder();
        routes
            .add_service(auth.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(invites.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(users.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(sessions.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(directory.max_decoding_message_size(MESSAGE_BYTES_MAX));
        guard(routes.routes(), verifier)
    }
}

#[tonic::async_trait]
impl auth_service_server::AuthService for AuthService {
    async fn sign_up(
        &self,
        request: Request<v1::SignUpRequest>,
    ) -> Result<Response<v1::SignUpResponse>, Status> {
        let sign_up = SignUp::try_from(request)?;
        let welcome = handlers::sign_up(self, sign_up).await?;
        let body = |user, shown: convert::Shown| v1::SignUpResponse {
            user: Some(user),
            access_token: shown.access,
            refresh_token: shown.refresh,
            device_token: shown.device,
        };
        Ok(convert::welcome(welcome, body)?)
    }

    async fn log_in(
        &self,
        request: Request<v1::LogInRequest>,
    ) -> Result<Response<v1::LogInResponse>, Status> {
        let log_in = LogIn::try_from(request)?;
        let welcome = handlers::log_in(self, log_in).await?;
        let body = |user, shown: convert::Shown| v1::LogInResponse {
            user: Some(user),
            access_token: shown.access,
            refresh_token: shown.refresh,
            device_token: shown.device,
        };
        Ok(convert::welcome(welcome, body)?)
    }

    async fn refresh_session(
        &self,
        request: Request<v1::RefreshSessionRequest>,
    ) -> Result<Response<v1::RefreshSessionResponse>, Status> {
        let address = convert::address_prefix(&request);
        let token = convert::refresh_token(request.into_inner());
        let tokens = handlers::refresh_session(self, token, address).await?;
        Ok(Response::new(tokens.into()))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let sessions = handlers::list_sessions(self, caller).await?;
        let sessions = convert::sessions(sessions, caller);
        Ok(Response::new(v1::ListSessionsResponse { sessions }))
    }

    async fn revoke_session(
        &self,
        request: Request<v1::RevokeSessionRequest>,
    ) -> Result<Response<v1::RevokeSessionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::session_id(request.get_ref())?;
        handlers::revoke_session(self, caller, id).await?;
        Ok(Response::new(v1::RevokeSessionResponse {}))
    }

    async fn revoke_other_sessions(
        &self,
        request: Request<v1::RevokeOtherSessionsRequest>,
    ) -> Result<Response<v1::RevokeOtherSessionsResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::revoke_other_sessions(self, caller).await?;
        Ok(Response::new(v1::RevokeOtherSessionsResponse {}))
    }

    async fn change_password(
        &self,
        request: Request<v1::ChangePasswordRequest>,
    ) -> Result<Response<v1::ChangePasswordResponse>, Status> {
        let caller = Caller::of(&request)?;
        let change = PasswordChange::from(request.into_inner());
        handlers::change_password(self, caller, change).await?;
        Ok(Response::new(v1::ChangePasswordResponse {}))
    }

    async fn log_out(
        &self,
        request: Request<v1::LogOutRequest>,
    ) -> Result<Response<v1::LogOutResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::log_out(self, caller).await?;
        Ok(convert::goodbye())
    }

    async fn get_me(
        &self,
        request: Request<v1::GetMeRequest>,
    ) -> Result<Response<v1::GetMeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let account = handlers::get_me(self, caller).await?;
        Ok(Response::new(v1::GetMeResponse { user: Some(account.into()) }))
    }

    async fn update_profile(
        &self,
        request: Request<v1::UpdateProfileRequest>,
    ) -> Result<Response<v1::UpdateProfileResponse>, Status> {
        let caller = Caller::of(&request)?;
        let change = ProfileChange::try_from(request.into_inner())?;
        let account = handlers::update_profile(self, caller, change).await?;
        Ok(Response::new(v1::UpdateProfileResponse { user: Some(account.into()) }))
    }

    async fn list_signing_keys(
        &self,
        _: Request<v1::ListSigningKeysRequest>,
    ) -> Result<Response<v1::ListSigningKeysResponse>, Status> {
        let keys = handlers::list_signing_keys(self).await?;
        let keys = keys.into_iter().map(v1::SigningKey::from).collect();
        Ok(Response::new(v1::ListSigningKeysResponse { keys }))
    }
}

#[tonic::async_trait]
impl UserService for AuthService {
    async fn get_user(
        &self,
        request: Request<v1::GetUserRequest>,
    ) -> Result<Response<v1::GetUserResponse>, Status> {
        let id = convert::user_id(&request.into_inner().user_id)?;
        let user = handlers::get_user(self, id).await?;
        Ok(Response::new(v1::GetUserResponse { user: Some(user.into()) }))
    }

    async fn batch_get_users(
        &self,
        request: Request<v1::BatchGetUsersRequest>,
    ) -> Result<Response<v1::BatchGetUsersResponse>, Status> {
        let ids = convert::user_ids(&request.into_inner().user_ids)?;
        let users = handlers::batch_get_users(self, ids).await?;
        Ok(Response::new(v1::BatchGetUsersResponse { users: convert::people(users) }))
    }

    async fn list_users(
        &self,
        request: Request<v1::ListUsersRequest>,
    ) -> Result<Response<v1::ListUsersResponse>, Status> {
        let (prefix, page) = convert::page_of_users(&request.into_inner())?;
        let list = handlers::list_users(self, prefix, page).await?;
        Ok(Response::new(list.into()))
    }

    async fn block_user(
        &self,
        request: Request<v1::BlockUserRequest>,
    ) -> Result<Response<v1::BlockUserResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        handlers::block_user(self, caller, other).await?;
        Ok(Response::new(v1::BlockUserResponse {}))
    }

    async fn unblock_user(
        &self,
        request: Request<v1::UnblockUserRequest>,
    ) -> Result<Response<v1::UnblockUserResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        handlers::unblock_user(self, caller, other).await?;
        Ok(Response::new(v1::UnblockUserResponse {}))
    }

    async fn list_blocked_users(
        &self,
        request: Request<v1::ListBlockedUsersRequest>,
    ) -> Result<Response<v1::ListBlockedUsersResponse>, Status> {
        let caller = Caller::of(&request)?;
        let page = convert::page_of_blocks(&request.into_inner())?;
        let list = handlers::list_blocked_users(self, caller, page).await?;
        Ok(Response::new(list.into()))
    }
}

#[tonic::async_trait]
impl SessionService for AuthService {
    type WatchRevocationsStream =
        Pin<Box<dyn Stream<Item = Result<internal::WatchRevocationsResponse, Status>> + Send>>;

    async fn exchange_session(
        &self,
        request: Request<internal::ExchangeSessionRequest>,
    ) -> Result<Response<internal::ExchangeSessionResponse>, Status> {
        let address = convert::address_prefix(&request);
        let secret = convert::session_secret(request.into_inner());
        let token = handlers::exchange_session(self, secret, address).await?;
        Ok(Response::new(token.into()))
    }

    async fn watch_revocations(
        &self,
        _: Request<internal::WatchRevocationsRequest>,
    ) -> Result<Response<Self::WatchRevocationsStream>, Status> {
        let told = handlers::watch_revocations(self);
        Ok(Response::new(Box::pin(told.map_ok(convert::revocations).map_err(Status::from))))
    }
}

#[tonic::async_trait]
impl UserDirectoryService for AuthService {
    async fn filter_users(
        &self,
        request: Request<internal::FilterUsersRequest>,
    ) -> Result<Response<internal::FilterUsersResponse>, Status> {
        let (caller, ids) = convert::caller_and_users(&request.into_inner())?;
        let ids = handlers::filter_users(self, caller, ids).await?;
        Ok(Response::new(internal::FilterUsersResponse { user_ids: convert::texts(ids) }))
    }

    async fn check_contact(
        &self,
        request: Request<internal::CheckContactRequest>,
    ) -> Result<Response<internal::CheckContactResponse>, Status> {
        let (one, other) = convert::two_people(&request.into_inner())?;
        let blocked = handlers::check_contact(self, one, other).await?;
        Ok(Response::new(internal::CheckContactResponse { blocked }))
    }
}

mod invites;

#[cfg(test)]
pub(crate) mod testing;
