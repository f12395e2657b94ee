//! Logs people in with others: OpenID Connect, by authorization code and PKCE.
//!
//! # Invariants
//!
//! * What is asked of a provider goes to its issuer, and to the addresses that its
//!   discovery document says; redirections are not followed.
//! * Neither nonce nor PKCE verifier is kept: both are made of what the browser keeps.
//! * Answers are bounded in size and time; documents and keys are kept for a while.

use std::time::Duration;

use confab_core::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::domain::{BindingCode, ProviderId, StateCode};

use http::Said;
pub use http::Unfetched;
use token::{About, Expected};
pub use token::{Claims, Untrusted};

mod http;
mod token;

/// For how long what a provider publishes is believed without asking again.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// How soon its keys are fetched again for a key that is not among them.
const REFETCH_INTERVAL: Duration = Duration::from_secs(30);

/// A provider, as the operator has set it.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What it is called in requests.
    pub id: ProviderId,
    /// What people read on the button.
    pub name: String,
    /// Where its discovery document is found, without `/.well-known/…`.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// What we prove that with, if it gave us something.
    pub client_secret: Option<SecretString>,
}

/// All providers.
pub struct Providers {
    all: Vec<Provider>,
    redirect: String,
}

/// Somebody with whom people log in.
pub struct Provider {
    /// How it is set.
    pub config: ProviderConfig,
    issuer: Url,
    client: Client,
    published: Mutex<Published>,
}

/// What it has published, and when we fetched that.
#[derive(Default)]
struct Published {
    document: Option<(Discovery, Timestamp)>,
    keys: Option<(JwkSet, Timestamp)>,
}

/// What we need of a discovery document (OpenID Connect Discovery, section 3).
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// The same, checked.
#[derive(Clone)]
struct Discovery {
    authorization: Url,
    token: Url,
    keys: Url,
    /// Where it says more of somebody than their token does.
    about: Option<Url>,
    /// Whether our secret goes into a header, which is so unless it says otherwise.
    takes_basic: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

/// Why a provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidProvider {
    /// Its address is none, or what goes there could be read on the way.
    #[error("the issuer of {0} must be an address with https, or with http on this machine")]
    Issuer(ProviderId),
    /// Two have one name.
    #[error("there are two providers {0}")]
    Twice(ProviderId),
    /// There is no TLS.
    #[error("nothing can be fetched")]
    Client(#[from] reqwest::Error),
}

/// Why nobody can log in with a provider.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It does not answer as it should.
    #[error(transparent)]
    Unfetched(#[from] Unfetched),
    /// It says that it is somebody else, or sends people where they could be overheard.
    #[error("the discovery document of the provider has a wrong {0}")]
    Discovery(&'static str),
    /// What it says is not believed.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
}

impl Providers {
    /// Those that `configs` set. They send people back to `redirect`.
    ///
    /// # Errors
    ///
    /// See [`InvalidProvider`].
    pub fn new(configs: Vec<ProviderConfig>, redirect: String) -> Result<Self, InvalidProvider> {
        let mut all: Vec<Provider> = Vec::new();
        for config in configs {
            if all.iter().any(|other| other.config.id == config.id) {
                return Err(InvalidProvider::Twice(config.id));
            }
            let issuer: Option<Url> = config.issuer.parse().ok();
            let issuer = issuer.filter(http::is_safe);
            let issuer = issuer.ok_or_else(|| InvalidProvider::Issuer(config.id.clone()))?;
            all.push(Provider { config, issuer, client: http::client()?, published: Mutex::default() });
        }
        Ok(Self { all, redirect })
    }

    /// None.
    #[must_use]
    pub const fn none() -> Self {
        Self { all: Vec::new(), redirect: String::new() }
    }

    /// All of them, in the order in which they are set.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter()
    }

    /// The provider that is called `id`.
    #[must_use]
    pub fn find(&self, id: &ProviderId) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.config.id == *id)
    }

    /// Where to send somebody who wants to log in with `provider`.
    ///
    /// # Errors
    ///
    /// See [`Failed`].
    pub async fn address(
        &self,
        provider: &Provider,
        state: &StateCode,
        binding: &BindingCode,
        now: Timestamp,
    ) -> Result<Url, Failed> {
        let mut url = provider.discovery(now).await?.authorization;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.config.client_id)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("scope", "openid email profile")
            .append_pair("state", &state.expose())
            .append_pair("nonce", &binding.nonce())
            .append_pair("code_challenge", &binding.pkce_challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Asks `provider` whom it has sent back with `code`, and believes what holds.
    ///
    /// # Errors
    ///
    /// See [`Failed`].
    pub async fn ask(
        &self,
        provider: &Provider,
        code: &SecretString,
        binding: &BindingCode,
        now: Timestamp,
    ) -> Result<Claims, Failed> {
        let discovery = provider.discovery(now).await?;
        let (id, verifier) = (provider.config.client_id.as_str(), binding.pkce_verifier());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let mut request = provider.client.post(discovery.token.clone());
        match &provider.config.client_secret {
            Some(secret) if discovery.takes_basic => {
                let (id, secret) = (http::form_encoded(id), http::form_encoded(secret.expose_secret()));
                request = request.basic_auth(id, Some(secret));
            }
            Some(secret) => {
                form.extend([("client_id", id), ("client_secret", secret.expose_secret())]);
            }
            None => form.push(("client_id", id)),
        }
        let answer: TokenAnswer = http::fetch(http::with_form(request, &form)).await?;
        let keys = provider.keys(&discovery, &answer.id_token, now).await?;
        let nonce = binding.nonce();
        let expected = Expected { issuer: &provider.config.issuer, client_id: id, nonce: &nonce, now };
        let claims = token::verify(&answer.id_token, &keys, &expected)?;
        match (&discovery.about, &answer.access_token) {
            (Some(about), Some(access)) if !claims.settles_email => {
                let request = provider.client.get(about.clone()).bearer_auth(access);
                let about = provider.about(&discovery, request, &expected).await?;
                Ok(token::complete(claims, about)?)
            }
            _ => Ok(claims),
        }
    }
}

impl Provider {
    /// The discovery document, not older than [`FRESH_FOR`].
    async fn discovery(&self, now: Timestamp) -> Result<Discovery, Failed> {
        let mut published = self.published.lock().await;
        if let Some((document, fetched)) = &published.document
            && now.since(*fetched) < FRESH_FOR
        {
            return Ok(document.clone());
        }
        let base = self.issuer.as_str().trim_end_matches('/');
        let request = self.client.get(format!("{base}/.well-known/openid-configuration"));
        let document: Document = http::fetch(request).await?;
        // To the letter (section 4.3): otherwise one provider could speak for another.
        if document.issuer != self.config.issuer {
            return Err(Failed::Discovery("issuer"));
        }
        let checked = Discovery::new(&document).ok_or(Failed::Discovery("endpoint"))?;
        published.document = Some((checked.clone(), now));
        Ok(checked)
    }

    /// The keys, not older than [`FRESH_FOR`], and fetched again, but not all the
    /// time, if that which `token` is signed with is not among them.
    async fn keys(&self, discovery: &Discovery, token: &str, now: Timestamp) -> Result<JwkSet, Failed> {
        let mut published = self.published.lock().await;
        if let Some((keys, fetched)) = &published.keys {
            let age = now.since(*fetched);
            let is_known = token::knows_key(token, keys);
            if age < FRESH_FOR && (is_known || age < REFETCH_INTERVAL) {
                return Ok(keys.clone());
            }
        }
        let keys: JwkSet = http::fetch(self.client.get(discovery.keys.clone())).await?;
        published.keys = Some((keys.clone(), now));
        Ok(keys)
    }

    /// What it answers to `request`, which asks about somebody: whoever keeps to OpenID Connect
    /// Core, section 5.4, leaves address and name out of the token.
    async fn about(
        &self,
        discovery: &Discovery,
        request: RequestBuilder,
        expected: &Expected<'_>,
    ) -> Result<About, Failed> {
        match http::fetch_said(request).await? {
            Said::Plain(about) => Ok(about),
            Said::Signed(signed) => {
                let keys = self.keys(discovery, &signed, expected.now).await?;
                Ok(token::verify_about(&signed, &keys, expected)?)
            }
        }
    }
}

impl Discovery {
    /// Takes `document`, unless it sends somebody where they could be overheard.
    fn new(document: &Document) -> Option<Self> {
        let safe = |url: &str| url.parse().ok().filter(http::is_safe);
        let methods = document.token_endpoint_auth_methods_supported.as_ref();
        let about = match &document.userinfo_endpoint {
            Some(url) => Some(safe(url)?),
            None => None,
        };
        Some(Self {
            about,
            authorization: safe(&document.authorization_endpoint)?,
            token: safe(&document.token_endpoint)?,
            keys: safe(&document.jwks_uri)?,
            takes_basic: methods
                .is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
        })
    }
}
