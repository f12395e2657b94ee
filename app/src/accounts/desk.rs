//! Where an operator's commands are carried out: the service, in this process, on
//! the data of the installation.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use confab_auth::{AuthService, SigningKey, Stores};
use confab_core::{SystemClock, UserId};
use confab_proto::auth::v1;
use confab_proto::auth::v1::admin_service_client::AdminServiceClient;
use confab_rpc::telemetry::{self, Telemetry};
use confab_rpc::{Channel, ServiceKey, Shutdown};

use super::{PAGE_SIZE, nobody, told};
use crate::config::Settings;
use crate::roles::{self, Whereabouts};

/// The service for one command.
pub struct Desk {
    /// What operators can do.
    pub admin: AdminServiceClient<Channel>,
    open: Open,
}

/// What is open as long as a command is carried out.
pub struct Open {
    stores: Stores,
    telemetry: Telemetry,
}

impl Desk {
    /// Opens the data that `settings` name.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let (service, open) = service(settings).await?;
        let channel = Channel::in_process(service.into_operator_routes());
        Ok(Self { admin: AdminServiceClient::new(channel), open })
    }

    /// Finds the account that has the address or the id `account`.
    pub async fn find(&mut self, account: &str) -> anyhow::Result<v1::User> {
        if account.parse::<UserId>().is_ok() {
            return Ok(v1::User { user_id: account.to_owned(), ..v1::User::default() });
        }
        let wanted = account.trim().to_lowercase();
        let mut page_token = String::new();
        loop {
            let request = v1::ListAccountsRequest {
                query: wanted.clone(),
                page_size: Some(super::page_size(PAGE_SIZE)),
                page_token,
                ..v1::ListAccountsRequest::default()
            };
            let page = self.admin.list_accounts(request).await.map_err(told)?.into_inner();
            let mut users = page.accounts.into_iter().filter_map(|account| account.user);
            if let Some(found) = users.find(|user| user.email == wanted) {
                return Ok(found);
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return nobody(account);
            }
        }
    }

    /// Finishes what was begun.
    pub async fn close(self) {
        self.open.close().await;
    }
}

impl Open {
    /// Finishes what was begun.
    pub async fn close(self) {
        self.stores.close().await;
        self.telemetry.end();
    }
}

/// The service on the data that `settings` name, and what is open for it.
pub async fn service(settings: &Settings) -> anyhow::Result<(AuthService, Open)> {
    let telemetry = telemetry::init(&settings.log, settings.log_format, settings.service_name());
    let telemetry = telemetry.map_err(|error| anyhow!("--log cannot be {:?}: {error}", settings.log))?;
    let whereabouts = Whereabouts::of(settings)?;
    if let Whereabouts::Files(folder) = &whereabouts
        && !folder.join("auth.db").exists()
    {
        bail!("there are no accounts in {}; is --data right?", folder.display());
    }
    let stores = Stores::open_beside(&whereabouts.open().await?).await?;
    // Nothing is signed here, and nobody proves anything by it.
    let signing_key = SigningKey::generate().context("the system has no randomness")?;
    let service_key = ServiceKey::generate().context("the system has no randomness")?;
    let (kept, revoked, shutdown) = (stores.clone(), Arc::default(), Shutdown::new());
    let clock = Arc::new(SystemClock);
    let service = AuthService::new(&settings.auth, kept, signing_key, &service_key, revoked, clock, shutdown);
    Ok((service.with_mail(roles::mailer(settings)?), Open { stores, telemetry }))
}
