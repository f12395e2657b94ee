//! A session for an access token.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, Timestamp};
use confab_proto::internal::v1;
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_rpc::metadata::CLIENT_ADDRESS;
use confab_rpc::{Channel, Failure};
use http::HeaderValue;
use quick_cache::sync::Cache;
use tonic::{Request, Status};

use crate::cookie::SessionSecret;

/// How long a token is used for a session before auth is asked again. This is
/// also how long a session that was ended elsewhere can still be used here.
const FRESH_TIME: Duration = Duration::from_mins(1);
/// How many sessions we keep a token for. Others cost a call to auth each time.
const KEPT_MAX: usize = 16_384;

/// Swaps sessions for access tokens, and keeps them for a minute.
pub struct Exchange {
    auth: SessionServiceClient<Channel>,
    clock: Arc<dyn Clock>,
    kept: Cache<[u8; 32], Token>,
}

#[derive(Clone)]
struct Token {
    /// As it stands in the header `authorization`.
    header: HeaderValue,
    fresh_until: Timestamp,
}

impl Exchange {
    /// Asks auth through `channel`, which says that the gateway calls.
    pub fn new(channel: Channel, clock: Arc<dyn Clock>) -> Self {
        Self { auth: SessionServiceClient::new(channel), clock, kept: Cache::new(KEPT_MAX) }
    }

    /// Returns the header `authorization` for the session of `secret`, which is
    /// used from `address`.
    ///
    /// Requests of one session that arrive together ask auth once.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED if the session has ended; what auth says otherwise.
    pub async fn authorization(
        &self,
        secret: &SessionSecret,
        address: Option<IpAddr>,
    ) -> Result<HeaderValue, Status> {
        let hash = secret.hash();
        let now = self.clock.now();
        self.kept.remove_if(&hash, |token| token.fresh_until <= now);
        let token = self.kept.get_or_insert_async(&hash, self.ask(secret, address)).await?;
        Ok(token.header)
    }

    /// Asks auth again the next time: the session has ended, or its token is refused.
    pub fn forget(&self, secret: &SessionSecret) {
        self.kept.remove(&secret.hash());
    }

    async fn ask(&self, secret: &SessionSecret, address: Option<IpAddr>) -> Result<Token, Status> {
        let asked = self.clock.now();
        let request = v1::ExchangeSessionRequest { session_secret: secret.expose().to_owned() };
        let mut request = Request::new(request);
        if let Some(Ok(address)) = address.map(|address| address.to_string().parse()) {
            request.metadata_mut().insert(CLIENT_ADDRESS, address);
        }
        let answer = self.auth.clone().exchange_session(request).await?.into_inner();

        let expires = answer.expire_time.map_or(asked, Timestamp::from);
        let header = HeaderValue::try_from(format!("Bearer {}", answer.access_token));
        let mut header = header.map_err(|error| Failure::internal("BAD_TOKEN").into_status(&error))?;
        header.set_sensitive(true);
        Ok(Token { header, fresh_until: expires.min(asked.plus(FRESH_TIME)) })
    }
}
