//! How each role is built.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use confab_auth::{AuthService, Keeper, MailKind, Mailer, SignUpProof};
use confab_bus::Bus;
use confab_core::{Clock, SystemClock};
use confab_db::{Database, OpenError, mongo};
use confab_gateway::{Gateway, Upstreams};
use confab_media::{Kept, MediaService};
use confab_message::{Clients, MessageService};
use confab_proto::PUBLIC_FILE_DESCRIPTOR_SET;
use confab_rpc::{Channel, RemoteKeys, Revoked, ServiceKey, Shutdown, StandardServices, Tls, TokenVerifier};
use secrecy::SecretString;
use tokio::task::JoinSet;
use tonic::service::Routes;
use tonic::transport::Uri;

use crate::admin::Admin;
use crate::config::{Settings, StoreKind};
use crate::keys::{self, KeyFolder};
use crate::late::{Opened, late, open_patiently};
use crate::media::Files;
use crate::{neighbours, outside, providers, rotation, secrets};

/// A role, ready to be served or to be called in process.
pub struct Role {
    /// Everything it answers.
    pub routes: Routes,
    /// Its health and reflection, which are part of the routes.
    pub standard: StandardServices,
}

/// What the roles of one process have in common.
pub struct Installation {
    settings: Settings,
    database: Whereabouts,
    keys: KeyFolder,
    service_key: ServiceKey,
    clock: Arc<dyn Clock>,
    /// The sessions that all roles of this process let nobody in with.
    revoked: Arc<Revoked>,
    /// Begins when the process is asked to end.
    shutdown: Shutdown,
    /// Begins when nothing is served any more, and stores are to be closed.
    served: Shutdown,
    /// What goes on beside serving. A failure of any of these ends the process.
    beside: JoinSet<anyhow::Result<()>>,
}

impl Installation {
    /// Finds, or makes, what the roles need.
    ///
    /// # Errors
    ///
    /// If a key, a secret or the data folder cannot be used.
    pub fn open(settings: Settings, shutdown: Shutdown) -> anyhow::Result<Self> {
        let keys = KeyFolder::open(&settings.data)?;
        let configured = secrets::read(secrets::SERVICE_KEY, settings.service_key_file.as_deref())?;
        let service_key = match configured {
            Some(text) => keys::parse_service_key(&text)?,
            None => keys.service_key()?,
        };
        Ok(Self {
            database: Whereabouts::of(&settings)?,
            settings,
            keys,
            service_key,
            clock: Arc::new(SystemClock),
            revoked: Arc::default(),
            shutdown,
            served: Shutdown::new(),
            beside: JoinSet::new(),
        })
    }

    /// Builds the auth service, which has things erased by the message and the media
    /// service that `message` and `media` lead to, and people's pictures kept by media.
    pub async fn auth(&mut self, message: Channel, media: Channel) -> anyhow::Result<Role> {
        let standard = self.standard(&names_of("confab.auth.v1")).await?;
        let (database, beside) = (self.database.clone(), standard.clone());
        let signing_key = self.keys.signing_key()?;
        let (config, service_key, keys) =
            (self.settings.auth.clone(), self.service_key.clone(), self.keys.clone());
        let (clock, served, revoked) = (self.clock.clone(), self.served.clone(), self.revoked.clone());
        let shutdown = self.shutdown.clone();
        let mailer = mailer(&self.settings)?;
        warn_of_letters_that_lead_here(&self.settings);
        let library = self.as_auth(media.clone());
        let keepers = self.keepers([("message", message), ("media", media)]);
        let providers =
            providers::read(self.settings.oidc_file.as_deref(), config.passkeys.passkey_origin.first())?;
        let opening = async move {
            let open = || async { confab_auth::Stores::open(&database.open().await?).await };
            let stores = open_patiently("auth", open).await?;
            let (kept, time) = (stores.clone(), clock.clone());
            let service = AuthService::new(&config, kept, signing_key, &service_key, revoked, time, shutdown);
            let service = service.with_mail(mailer).with_keepers(keepers).with_providers(providers);
            let service = service.with_library(library);
            let (postman, eraser) = (service.postman(), service.eraser());
            let keeping_fresh =
                rotation::keep_fresh(keys, service.key_rotation(), config.signing_key_age, clock);
            let tending = async move {
                let failed = async { stores.failed().await };
                tokio::select! {
                    why = failed => Err(anyhow::anyhow!("the data of auth cannot be written any more: {why}")),
                    () = keeping_fresh => Ok(()),
                    () = postman.run() => Ok(()),
                    () = eraser.run() => Ok(()),
                    () = served.begun() => {
                        stores.close().await;
                        Ok(())
                    }
                }
            };
            Ok(Opened { routes: with_standard(service.into_routes(), &beside), tending: Box::pin(tending) })
        };
        Ok(Role { routes: self.begin(opening).await?, standard })
    }

    /// The services that keep something of people, as auth asks them.
    fn keepers<const COUNT: usize>(&self, services: [(&'static str, Channel); COUNT]) -> Vec<Keeper> {
        let ask = |(name, channel)| Keeper { name, channel: self.as_auth(channel) };
        services.map(ask).into()
    }

    /// The way that `channel` leads, for auth.
    fn as_auth(&self, channel: Channel) -> Channel {
        channel.with_service_token("auth", self.service_key.clone(), self.clock.clone())
    }

    /// Builds the message service, which asks the auth and the media service that
    /// `auth` and `media` lead to.
    pub async fn message(&mut self, auth: Channel, media: Channel) -> anyhow::Result<Role> {
        let standard = self.standard(&names_of("confab.message.v1")).await?;
        let (database, beside) = (self.database.clone(), standard.clone());
        let clients = Clients::new(auth, media, self.service_key.clone(), self.clock.clone());
        let clients = clients.heeding(self.revoked.clone());
        let (config, bus) = (self.settings.message.clone(), self.bus()?);
        let (clock, served, shutdown) = (self.clock.clone(), self.served.clone(), self.shutdown.clone());
        let way = outside::way(&self.settings, &self.keys)?;
        let opening = async move {
            let open = || async { confab_message::Stores::open(&database.open().await?).await };
            let stores = open_patiently("message", open).await?;
            let service = MessageService::new(&config, stores.clone(), clients, bus, clock, shutdown);
            let service = service.with_push(way);
            let pusher = service.pusher();
            let tending = async move {
                tokio::select! {
                    why = stores.failed() => Err(anyhow::anyhow!("the messages cannot be written any more: {why}")),
                    () = pusher.run() => Ok(()),
                    () = served.begun() => {
                        stores.close().await;
                        Ok(())
                    }
                }
            };
            Ok(Opened { routes: with_standard(service.into_routes(), &beside), tending: Box::pin(tending) })
        };
        Ok(Role { routes: self.begin(opening).await?, standard })
    }

    /// Builds the media service, which asks the auth and the message service that
    /// `auth` and `message` lead to.
    pub async fn media(&mut self, auth: Channel, message: Channel) -> anyhow::Result<Role> {
        let standard = self.standard(&names_of("confab.media.v1")).await?;
        let (database, beside) = (self.database.clone(), standard.clone());
        let clients = confab_media::Clients::new(auth, message, self.service_key.clone(), self.clock.clone());
        let clients = clients.heeding(self.revoked.clone());
        let Files { blobs, spool, intake } = Files::open(&self.settings)?;
        let (config, clock, served) = (self.settings.media.clone(), self.clock.clone(), self.served.clone());
        let opening = async move {
            let open = || async { confab_media::Stores::open(&database.open().await?).await };
            let stores = open_patiently("media", open).await?;
            let kept = Kept { stores: stores.clone(), blobs, spool };
            let service = MediaService::new(&config, kept, intake, clients, clock);
            let sweeper = service.sweeper();
            let tending = async move {
                tokio::select! {
                    why = stores.failed() => Err(anyhow::anyhow!("what is known of files cannot be written any more: {why}")),
                    () = sweeper.run() => Ok(()),
                    () = served.begun() => {
                        stores.close().await;
                        Ok(())
                    }
                }
            };
            Ok(Opened { routes: with_standard(service.into_routes(), &beside), tending: Box::pin(tending) })
        };
        Ok(Role { routes: self.begin(opening).await?, standard })
    }

    /// Builds the gateway before `upstreams`.
    pub async fn gateway(&self, upstreams: Upstreams) -> anyhow::Result<Role> {
        let standard = self.standard(&upstreams.service_names()).await?;
        let keys = Arc::new(RemoteKeys::new(upstreams.auth.clone()));
        let verifier = TokenVerifier::new(keys, &self.service_key, self.clock.clone());
        let verifier = Arc::new(verifier.heeding(self.revoked.clone()));
        let (config, key, clock) = (&self.settings.gateway, self.service_key.clone(), self.clock.clone());
        let gateway = Gateway::new(config, upstreams, verifier, key, clock)
            .with_other_origin(self.settings.blobs.other_origin());
        let router = gateway.into_router(&standard, self.shutdown.clone());
        Ok(Role { routes: Routes::from(router), standard })
    }

    /// Hears from auth which sessions end, for as long as the process is to go on.
    /// Once for all roles of it.
    pub fn heed_revocations(&mut self, auth: &Channel) {
        let (key, clock) = (self.service_key.clone(), self.clock.clone());
        let auth = auth.clone().with_service_token("revocations", key, clock.clone());
        let (revoked, shutdown) = (self.revoked.clone(), self.shutdown.clone());
        self.beside.spawn(async move {
            tokio::select! {
                // First: that auth ends with us is nothing to warn of.
                biased;
                () = shutdown.begun() => Ok(()),
                () = revoked.follow(auth, clock) => Ok(()),
            }
        });
    }

    /// Answers at the admin port, if there is one, for the role that `role` leads to.
    pub fn watch(&mut self, admin: Option<Admin>, role: Channel) {
        if let Some(admin) = admin {
            self.beside.spawn(admin.serve(role, self.served.clone()));
        }
    }

    /// Takes up the certificate anew when it changes, if there is one.
    pub fn keep_fresh(&mut self, tls: Option<Tls>) {
        let Some(tls) = tls else { return };
        let served = self.served.clone();
        self.beside.spawn(async move {
            tokio::select! {
                ended = tls.keep_fresh() => ended.context("cannot listen for signals"),
                () = served.begun() => Ok(()),
            }
        });
    }

    /// The way to the role `name`, which runs in another process at `url`.
    pub fn neighbour(&mut self, name: &'static str, url: &Uri) -> Channel {
        let channel = Channel::remote(url.clone());
        let (asked, served) = (channel.clone(), self.served.clone());
        self.beside.spawn(async move {
            tokio::select! {
                () = neighbours::say_when_ready(name, asked) => Ok(()),
                () = served.begun() => Ok(()),
            }
        });
        channel
    }

    /// Waits until something beside serving has failed.
    pub async fn failed(&mut self) -> anyhow::Error {
        while let Some(ended) = self.beside.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return error,
                Err(error) => return error.into(),
            }
        }
        std::future::pending().await
    }

    /// Closes the stores, now that nothing is served any more.
    pub async fn close(mut self) {
        self.served.begin();
        while self.beside.join_next().await.is_some() {}
    }

    /// The bus of this process, which other nodes hear too if there is a NATS.
    fn bus(&mut self) -> anyhow::Result<Bus> {
        let credentials =
            secrets::read(secrets::BUS_CREDENTIALS, self.settings.bus_credentials_file.as_deref())?;
        let Some(servers) = self.settings.bus.clone() else { return Ok(Bus::in_process()) };
        let servers = servers.with_credentials(credentials.map(Into::into));
        let (bus, line) = Bus::nats(servers, &self.settings.bus_prefix);
        let served = self.served.clone();
        self.beside.spawn(async move {
            line.run(served.begun()).await;
            Ok(())
        });
        Ok(bus)
    }

    /// Opens a role: at once what is in files, and beside serving what is elsewhere.
    async fn begin<Opening>(&mut self, opening: Opening) -> anyhow::Result<Routes>
    where
        Opening: Future<Output = anyhow::Result<Opened>> + Send + 'static,
    {
        match self.database {
            Whereabouts::Files(_) => {
                let Opened { routes, tending } = opening.await?;
                self.beside.spawn(tending);
                Ok(routes)
            }
            Whereabouts::MongoDb { .. } => {
                let (routes, tending) = late(opening, self.served.clone());
                self.beside.spawn(tending);
                Ok(routes)
            }
        }
    }

    async fn standard(&self, names: &[&str]) -> anyhow::Result<StandardServices> {
        let standard =
            StandardServices::new(names, PUBLIC_FILE_DESCRIPTOR_SET, self.settings.reflection()).await;
        standard.context("the contract cannot be described")
    }
}

/// Where data is kept, and what is needed to get there.
#[derive(Clone, Debug)]
pub enum Whereabouts {
    /// In files in this folder.
    Files(PathBuf),
    /// In MongoDB.
    MongoDb {
        /// Where MongoDB is, and the password for it.
        url: SecretString,
        /// What the names of our databases begin with.
        prefix: String,
    },
}

impl Whereabouts {
    /// Where `settings` say it is.
    ///
    /// # Errors
    ///
    /// If they name a database without saying where it is.
    pub fn of(settings: &Settings) -> anyhow::Result<Self> {
        let url = secrets::read(secrets::MONGODB_URL, settings.mongodb_url_file.as_deref())?;
        match settings.store {
            StoreKind::Embedded => Ok(Self::Files(settings.data.clone())),
            StoreKind::Mongodb => {
                let url = url
                    .with_context(|| format!("--store mongodb needs the URL in {}", secrets::MONGODB_URL))?;
                Ok(Self::MongoDb { url, prefix: settings.mongodb_prefix.clone() })
            }
        }
    }

    /// Makes what is kept there ready to be opened.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(&self) -> Result<Database, OpenError> {
        match self {
            Self::Files(folder) => Ok(Database::Embedded { folder: folder.clone() }),
            Self::MongoDb { url, prefix } => Ok(Database::MongoDb(mongo::Server::open(url, prefix).await?)),
        }
    }
}

/// The way to send letters that `settings` say, if any are sent.
///
/// # Errors
///
/// If they make no sense.
pub fn mailer(settings: &Settings) -> anyhow::Result<Option<Mailer>> {
    let password = secrets::read(secrets::SMTP_PASSWORD, settings.smtp_password_file.as_deref())?;
    let proves = settings.auth.sign_up_proof == SignUpProof::Letter;
    anyhow::ensure!(
        !proves || settings.auth.mail.mail != MailKind::Off,
        "--sign-up-proof letter needs --mail: without letters nobody could sign up"
    );
    Mailer::new(&settings.auth.mail, password).context("letters cannot be sent")
}

/// Says so when the links in letters lead where only whoever sits at this machine gets to.
fn warn_of_letters_that_lead_here(settings: &Settings) {
    let page = settings.auth.passkeys.page();
    if settings.auth.mail.mail == MailKind::Smtp && page.is_local() {
        tracing::warn!("letters lead to {page}; --passkey-origin says where people open the web page");
    }
}

/// The services of a package, by their full names.
fn names_of(package: &str) -> Vec<&'static str> {
    let services = confab_proto::services().iter().filter(|service| service.package == package);
    services.map(|service| service.name).collect()
}

fn with_standard(routes: Routes, standard: &StandardServices) -> Routes {
    // Of two answers to unknown paths, axum wants to be told which to keep.
    let standard = standard.routes().into_axum_router().reset_fallback();
    Routes::from(routes.into_axum_router().merge(standard))
}
