//! Log-ins with others on the wire.

use confab_proto::auth::v1;
use tonic::{Request, Response};

use super::{Shown, device, device_secret, field, invite_code, welcome};
use crate::domain::{BindingCode, Entry, Identity, IdentityId, ProviderId, ProviderLogIn, Return, StateCode};
use crate::error::Error;
use crate::handlers::Sent;
use crate::oidc::Provider;

/// The provider that a request names. What cannot be one is known to be none.
pub fn provider_id(id: &str) -> Result<ProviderId, Error> {
    id.parse().map_err(|_| Error::NoSuchProvider)
}

/// The identity that a request names.
pub fn identity_id(id: &str) -> Result<IdentityId, Error> {
    field("identity_id", id.parse())
}

fn back(state: &str, binding: &str, code: String) -> Return {
    Return { state: StateCode::claimed(state), binding: BindingCode::claimed(binding), code: code.into() }
}

impl From<v1::FinishProviderLinkRequest> for Return {
    fn from(request: v1::FinishProviderLinkRequest) -> Self {
        back(&request.state, &request.binding, request.code)
    }
}

impl TryFrom<Request<v1::FinishProviderLogInRequest>> for ProviderLogIn {
    type Error = Error;

    fn try_from(request: Request<v1::FinishProviderLogInRequest>) -> Result<Self, Error> {
        let device = device(&request, &request.get_ref().device_name)?;
        let device_secret = device_secret(&request, &request.get_ref().device_token);
        let request = request.into_inner();
        let delivery = request.session_delivery().into();
        let invite = invite_code(&request.invite_code)?;
        let back = back(&request.state, &request.binding, request.code);
        Ok(Self { back, delivery, device, device_secret, invite })
    }
}

impl From<Sent> for v1::StartProviderLogInResponse {
    fn from(sent: Sent) -> Self {
        Self {
            authorization_url: sent.address,
            binding: String::clone(&sent.binding.expose()),
            expire_time: Some(sent.expires.into()),
        }
    }
}

impl From<Sent> for v1::StartProviderLinkResponse {
    fn from(sent: Sent) -> Self {
        Self {
            authorization_url: sent.address,
            binding: String::clone(&sent.binding.expose()),
            expire_time: Some(sent.expires.into()),
        }
    }
}

impl From<&Provider> for v1::Provider {
    fn from(provider: &Provider) -> Self {
        Self { provider_id: provider.config.id.to_string(), name: provider.config.name.clone() }
    }
}

impl From<Identity> for v1::Identity {
    fn from(identity: Identity) -> Self {
        Self {
            identity_id: identity.id.to_string(),
            provider_id: identity.provider.to_string(),
            email: identity.email,
            create_time: Some(identity.created.into()),
        }
    }
}

/// Answers somebody whom a provider vouches for.
pub fn provider_entry(entry: Entry) -> Result<Response<v1::FinishProviderLogInResponse>, Error> {
    let body = |user, shown: Shown| v1::FinishProviderLogInResponse {
        user: Some(user),
        access_token: shown.access,
        refresh_token: shown.refresh,
        device_token: shown.device,
        second_factor: None,
    };
    match entry {
        Entry::In(somebody) => welcome(*somebody, body),
        Entry::SecondFactor(asked) => Ok(Response::new(v1::FinishProviderLogInResponse {
            second_factor: Some(asked.into()),
            ..v1::FinishProviderLogInResponse::default()
        })),
    }
}
