//! The gRPC services of auth: who calls, what they want, do it, answer.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use confab_core::Clock;
use confab_proto::auth::v1;
use confab_proto::auth::v1::admin_service_server::AdminServiceServer;
use confab_proto::auth::v1::auth_service_server::{self, AuthServiceServer};
use confab_proto::auth::v1::factor_service_server::FactorServiceServer;
use confab_proto::auth::v1::identity_service_server::IdentityServiceServer;
use confab_proto::auth::v1::invite_service_server::InviteServiceServer;
use confab_proto::auth::v1::passkey_service_server::PasskeyServiceServer;
use confab_proto::auth::v1::user_service_server::UserServiceServer;
use confab_proto::internal::v1::session_service_server::SessionServiceServer;
use confab_proto::internal::v1::user_directory_service_server::UserDirectoryServiceServer;
use confab_rpc::{Caller, Revoked, ServiceKey, Shutdown, TokenVerifier, guard};
use futures_util::{Stream, TryStreamExt};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::config::{Config, SignUpPolicy, SignUpProof};
use crate::domain::{
    EmailChange, EmailDomain, FinishLogIn, LogIn, Password, PasswordChange, ProfileChange, SignUp,
};
use crate::eraser::Eraser;
use crate::exporter::Turns;
use crate::hashing::Hasher;
use crate::keys::{KeyRotation, SigningKeys};
use crate::library::Library;
use crate::limits::Limits;
use crate::mail::Postman;
use crate::oidc::Providers;
use crate::signing::SigningKey;
use crate::store::Stores;
use crate::webauthn::Webauthn;
use crate::{convert, handlers};

/// The largest request, in bytes: a thousand ids and some room.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Who may sign up.
pub(crate) struct SignUpRule {
    pub policy: SignUpPolicy,
    pub domains: Vec<EmailDomain>,
    pub proof: SignUpProof,
}

/// Knows people, and lets them in and out.
pub struct AuthService {
    pub(crate) stores: Stores,
    pub(crate) hasher: Hasher,
    pub(crate) limits: Limits,
    pub(crate) webauthn: Webauthn,
    pub(crate) providers: Arc<Providers>,
    pub(crate) library: Option<Library>,
    pub(crate) postman: Postman,
    pub(crate) eraser: Eraser,
    pub(crate) exports: Arc<Turns>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) session_lifetime: Duration,
    /// For how long the audit log is kept.
    pub(crate) audit_time: Duration,
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
        let (kept, time, bell) = (stores.clone(), clock.clone(), Arc::default());
        Self {
            eraser: Eraser {
                stores: kept.clone(),
                keepers: Arc::default(),
                clock: time.clone(),
                audit_time: config.audit_retention,
                bell: Arc::default(),
            },
            exports: Arc::default(),
            postman: Postman { stores: kept, mailer: None, page: config.passkeys.page(), clock: time, bell },
            stores,
            hasher,
            limits: Limits::new(config, &clock),
            webauthn: Webauthn::new(&config.passkeys),
            providers: Arc::new(Providers::none()),
            library: None,
            keys,
            clock,
            session_lifetime: config.session_lifetime,
            audit_time: config.audit_retention,
            sign_up: SignUpRule {
                policy: config.sign_up,
                domains: config.sign_up_domain.clone(),
                proof: config.sign_up_proof,
            },
            ended: watch::Sender::new(()),
            shutdown,
            verifier: Arc::new(verifier),
        }
    }

    /// Changes the key that this signs with, while it runs.
    #[must_use]
    pub fn key_rotation(&self) -> KeyRotation {
        KeyRotation {
            keys: self.keys.clone(),
            stores: self.stores.clone(),
            clock: self.clock.clone(),
            audit_time: self.audit_time,
        }
    }

    /// All services of auth, guarded: to be served on a port, or called in process.
    #[must_use]
    pub fn into_routes(self) -> Routes {
        let verifier = self.verifier.clone();
        let service = Arc::new(self);
        let admin = AdminServiceServer::from_arc(service.clone());
        let auth = AuthServiceServer::from_arc(service.clone());
        let users = UserServiceServer::from_arc(service.clone());
        let factors = FactorServiceServer::from_arc(service.clone());
        let invites = InviteServiceServer::from_arc(service.clone());
        let passkeys = PasskeyServiceServer::from_arc(service.clone());
        let identities = IdentityServiceServer::from_arc(service.clone());
        let sessions = SessionServiceServer::from_arc(service.clone());
        let directory = UserDirectoryServiceServer::from_arc(service);

        let mut routes = Routes::builder();
        routes
            .add_service(admin.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(auth.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(factors.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(identities.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(invites.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(passkeys.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(users.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(sessions.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(directory.max_decoding_message_size(MESSAGE_BYTES_MAX));
        guard(routes.routes(), verifier)
    }
}

#[tonic::async_trait]
impl auth_service_server::AuthService for AuthService {
    type ExportAccountStream = Pin<Box<dyn Stream<Item = Result<v1::ExportAccountResponse, Status>> + Send>>;

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

    async fn request_sign_up(
        &self,
        request: Request<v1::RequestSignUpRequest>,
    ) -> Result<Response<v1::RequestSignUpResponse>, Status> {
        let network = convert::address_prefix(&request);
        let email = convert::wanted_email(&request.get_ref().email)?;
        handlers::request_sign_up(self, network, email).await?;
        Ok(Response::new(v1::RequestSignUpResponse {}))
    }

    async fn log_in(
        &self,
        request: Request<v1::LogInRequest>,
    ) -> Result<Response<v1::LogInResponse>, Status> {
        let log_in = LogIn::try_from(request)?;
        Ok(convert::entry(handlers::log_in(self, log_in).await?)?)
    }

    async fn finish_log_in(
        &self,
        request: Request<v1::FinishLogInRequest>,
    ) -> Result<Response<v1::FinishLogInResponse>, Status> {
        let second = FinishLogIn::try_from(request)?;
        let welcome = handlers::finish_log_in(self, second).await?;
        let body = |user, shown: convert::Shown| v1::FinishLogInResponse {
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

    async fn request_email_verification(
        &self,
        request: Request<v1::RequestEmailVerificationRequest>,
    ) -> Result<Response<v1::RequestEmailVerificationResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::request_email_verification(self, caller).await?;
        Ok(Response::new(v1::RequestEmailVerificationResponse {}))
    }

    async fn verify_email(
        &self,
        request: Request<v1::VerifyEmailRequest>,
    ) -> Result<Response<v1::VerifyEmailResponse>, Status> {
        let code = convert::mail_code(&request.get_ref().code);
        handlers::verify_email(self, code).await?;
        Ok(Response::new(v1::VerifyEmailResponse {}))
    }

    async fn request_password_reset(
        &self,
        request: Request<v1::RequestPasswordResetRequest>,
    ) -> Result<Response<v1::RequestPasswordResetResponse>, Status> {
        let network = convert::address_prefix(&request);
        let email = convert::claimed_email(&request.get_ref().email);
        handlers::request_password_reset(self, network, email).await?;
        Ok(Response::new(v1::RequestPasswordResetResponse {}))
    }

    async fn reset_password(
        &self,
        request: Request<v1::ResetPasswordRequest>,
    ) -> Result<Response<v1::ResetPasswordResponse>, Status> {
        let request = request.into_inner();
        let (code, new) = (convert::mail_code(&request.code), Password::claimed(&request.new_password));
        handlers::reset_password(self, code, new).await?;
        Ok(Response::new(v1::ResetPasswordResponse {}))
    }

    async fn request_email_change(
        &self,
        request: Request<v1::RequestEmailChangeRequest>,
    ) -> Result<Response<v1::RequestEmailChangeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let change = EmailChange::try_from(request.into_inner())?;
        handlers::request_email_change(self, caller, change).await?;
        Ok(Response::new(v1::RequestEmailChangeResponse {}))
    }

    async fn confirm_email_change(
        &self,
        request: Request<v1::ConfirmEmailChangeRequest>,
    ) -> Result<Response<v1::ConfirmEmailChangeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let code = convert::mail_code(&request.get_ref().code);
        handlers::confirm_email_change(self, caller, code).await?;
        Ok(Response::new(v1::ConfirmEmailChangeResponse {}))
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

    async fn export_account(
        &self,
        request: Request<v1::ExportAccountRequest>,
    ) -> Result<Response<Self::ExportAccountStream>, Status> {
        let caller = Caller::of(&request)?;
        let pieces = handlers::export_account(self, caller).await?;
        let part = |piece: Vec<u8>| v1::ExportAccountResponse { chunk: piece.into() };
        let parts = pieces.map_ok(part).map_err(Status::from);
        Ok(Response::new(Box::pin(parts)))
    }

    async fn delete_account(
        &self,
        request: Request<v1::DeleteAccountRequest>,
    ) -> Result<Response<v1::DeleteAccountResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::delete_account(self, caller).await?;
        Ok(Response::new(v1::DeleteAccountResponse {}))
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

mod admin;
mod factors;
mod identities;
mod invites;
mod keepers;
mod mail;
mod passkeys;
mod people;
mod pictures;
mod sessions;

#[cfg(test)]
pub(crate) mod testing;
