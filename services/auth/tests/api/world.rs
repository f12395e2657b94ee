//! A fresh auth service, and what one can ask it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use confab_auth::{
    AuthService, Config, EntryLimits, KeyRotation, MailConfig, MailKind, Mailer, PasskeyConfig, Providers,
    SignUpPolicy, SignUpProof, SigningKey, SmtpSecurity, Stores,
};
use confab_core::{Clock, ManualClock, Timestamp};
use confab_db::Database;
use confab_proto::auth::v1;
use confab_proto::auth::v1::admin_service_client::AdminServiceClient;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::auth::v1::factor_service_client::FactorServiceClient;
use confab_proto::auth::v1::identity_service_client::IdentityServiceClient;
use confab_proto::auth::v1::invite_service_client::InviteServiceClient;
use confab_proto::auth::v1::passkey_service_client::PasskeyServiceClient;
use confab_proto::auth::v1::user_service_client::UserServiceClient;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::{Channel, ServiceKey, Shutdown};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::media::Media;

pub const PASSWORD: &str = "correct horse battery";

/// How long sessions last in these tests.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// An auth service on an embedded store, and a clock that stands still.
pub struct World {
    pub config: Config,
    /// The postman, who stops with the world.
    _delivery: JoinSet<()>,
    pub channel: Channel,
    pub clock: Arc<ManualClock>,
    pub service_key: ServiceKey,
    pub signing_key: SigningKey,
    pub key_rotation: KeyRotation,
    pub stores: Stores,
    pub media: Media,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    /// The same, as an operator has set it.
    pub async fn with(config: Config) -> Self {
        Self::with_providers(config, Providers::none()).await
    }

    /// The same, where people can log in with `providers`.
    pub async fn with_providers(config: Config, providers: Providers) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
        let (service_key, signing_key) = (ServiceKey::generate().unwrap(), SigningKey::generate().unwrap());
        let folder = tempfile::tempdir().unwrap();
        Self::start(config, clock, service_key, signing_key, folder, providers).await
    }

    /// The same world after the program was stopped and started again.
    pub async fn restart(self) -> Self {
        let config = self.config.clone();
        self.restart_with(config).await
    }

    /// The same, as an operator has set it anew.
    pub async fn restart_with(self, config: Config) -> Self {
        self.stores.close().await;
        let Self { clock, service_key, signing_key, folder, .. } = self;
        Self::start(config, clock, service_key, signing_key, folder, Providers::none()).await
    }

    async fn start(
        config: Config,
        clock: Arc<ManualClock>,
        service_key: ServiceKey,
        signing_key: SigningKey,
        folder: TempDir,
        providers: Providers,
    ) -> Self {
        let stores = Stores::open(&Database::Embedded { folder: folder.path().to_owned() }).await.unwrap();
        let (revoked, shutdown) = (Arc::default(), Shutdown::new());
        let service = AuthService::new(
            &config,
            stores.clone(),
            signing_key.clone(),
            &service_key,
            revoked,
            clock.clone(),
            shutdown,
        );
        let service = service.with_mail(Mailer::new(&config.mail, None).unwrap()).with_providers(providers);
        let media = Media::default();
        let library = media.channel().with_service_token("auth", service_key.clone(), clock.clone());
        let service = service.with_library(library);
        let (key_rotation, postman) = (service.key_rotation(), service.postman());
        let mut delivery = JoinSet::new();
        delivery.spawn(async move { postman.run().await });
        let channel = Channel::in_process(service.into_routes());
        Self {
            config,
            _delivery: delivery,
            channel,
            clock,
            service_key,
            signing_key,
            key_rotation,
            stores,
            media,
            folder,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn auth(&self) -> AuthServiceClient<Channel> {
        AuthServiceClient::new(self.channel.clone())
    }

    pub fn factors(&self) -> FactorServiceClient<Channel> {
        FactorServiceClient::new(self.channel.clone())
    }

    pub fn identities(&self) -> IdentityServiceClient<Channel> {
        IdentityServiceClient::new(self.channel.clone())
    }

    pub fn admins(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel.clone())
    }

    /// The same as an operator uses it, on the machine with the data.
    pub fn operator(&self) -> AdminServiceClient<Channel> {
        let (revoked, clock) = (Arc::default(), self.clock.clone());
        let service = AuthService::new(
            &self.config,
            self.stores.clone(),
            self.signing_key.clone(),
            &self.service_key,
            revoked,
            clock,
            Shutdown::new(),
        );
        AdminServiceClient::new(Channel::in_process(service.into_operator_routes()))
    }

    pub fn invites(&self) -> InviteServiceClient<Channel> {
        InviteServiceClient::new(self.channel.clone())
    }

    pub fn passkeys(&self) -> PasskeyServiceClient<Channel> {
        PasskeyServiceClient::new(self.channel.clone())
    }

    pub fn users(&self) -> UserServiceClient<Channel> {
        UserServiceClient::new(self.channel.clone())
    }

    /// The internal services, as another service calls them.
    pub fn sessions(&self) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.service_channel())
    }

    pub fn directory(&self) -> UserDirectoryServiceClient<Channel> {
        UserDirectoryServiceClient::new(self.service_channel())
    }

    pub fn service_channel(&self) -> Channel {
        self.channel.clone().with_service_token("gateway", self.service_key.clone(), self.clock.clone())
    }

    /// Signs somebody up, and returns them with an access token.
    pub async fn join(&self, email: &str, name: &str) -> (v1::User, String) {
        let response = self.auth().sign_up(sign_up(email, PASSWORD, name)).await.unwrap().into_inner();
        (response.user.unwrap(), response.access_token.unwrap().token)
    }

    /// Asks who the owner of `token` is: the shortest way to use one.
    pub async fn me(&self, token: &str) -> Result<v1::User, Status> {
        let response = self.auth().get_me(with_token(token, v1::GetMeRequest {})).await?;
        Ok(response.into_inner().user.unwrap())
    }

    /// Swaps the secret of a session for a token, as the gateway does.
    pub async fn exchange(&self, secret: &str) -> Result<String, Status> {
        let request = internal::ExchangeSessionRequest { session_secret: secret.to_owned() };
        Ok(self.sessions().exchange_session(request).await?.into_inner().access_token)
    }
}

/// What an operator could have set, with the least work for each password.
pub fn config() -> Config {
    Config {
        password_cost: 10,
        password_queue: 64,
        session_lifetime: SESSION_LIFETIME,
        signing_key_age: Duration::MAX,
        audit_retention: Duration::from_hours(24),
        entry_limits: EntryLimits::Off,
        network_log_ins_per_minute: NonZeroU32::MAX,
        log_ins_per_minute: NonZeroU32::MAX,
        network_sign_ups_per_hour: NonZeroU32::MAX,
        sign_ups_per_hour: NonZeroU32::MAX,
        sign_up: SignUpPolicy::Open,
        sign_up_domain: Vec::new(),
        sign_up_proof: SignUpProof::Off,
        network_letters_per_hour: NonZeroU32::MAX,
        letters_per_hour: NonZeroU32::MAX,
        mail: no_mail(),
        passkeys: PasskeyConfig {
            passkey_origin: vec!["http://localhost:8080".parse().unwrap()],
            passkey_domain: None,
        },
    }
}

fn no_mail() -> MailConfig {
    MailConfig {
        mail: MailKind::Off,
        mail_from: "Confab <confab@localhost>".parse().unwrap(),
        smtp_host: "localhost".to_owned(),
        smtp_port: 587,
        smtp_security: SmtpSecurity::Starttls,
        smtp_user: None,
        smtp_ca_file: None,
    }
}

pub fn sign_up(email: &str, password: &str, name: &str) -> v1::SignUpRequest {
    v1::SignUpRequest {
        email: email.to_owned(),
        password: password.to_owned(),
        name: name.to_owned(),
        ..v1::SignUpRequest::default()
    }
}

pub fn log_in(email: &str, password: &str) -> v1::LogInRequest {
    v1::LogInRequest { email: email.to_owned(), password: password.to_owned(), ..v1::LogInRequest::default() }
}

pub fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// The code and the reason of an error: what programs go by.
pub fn refusal<T>(result: Result<T, Status>) -> (Code, String) {
    let Err(status) = result else { panic!("not refused") };
    let info = status.get_details_error_info();
    (status.code(), info.map(|info| info.reason).unwrap_or_default())
}

/// The field that a refused request got wrong, and why.
pub fn bad_field<T>(result: Result<T, Status>) -> (String, String) {
    let Err(status) = result else { panic!("not refused") };
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let mut violations = status.get_details_bad_request().unwrap().field_violations;
    let violation = violations.swap_remove(0);
    (violation.field, violation.description)
}
