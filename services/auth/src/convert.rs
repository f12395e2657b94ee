//! From the wire to the domain and back. Nothing else reads fields of requests.

mod admin;
pub mod export;
mod factors;
mod identities;
mod invites;
mod letters;
mod log_in;
mod passkeys;
mod people;

use std::fmt::Display;

use confab_core::SessionId;
use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use confab_rpc::metadata::{DEVICE, DEVICE_SET, SESSION_CLEAR, SESSION_MAX_AGE, SESSION_SET};
use confab_rpc::{Caller, ClientAddress};
use secrecy::ExposeSecret;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Request, Response};

use crate::domain::{
    AccessToken, AddressPrefix, Delivery, Device, DeviceName, DeviceSecret, Email, InviteCode, Name,
    Password, PasswordChange, Proof, PublishedKey, RefreshToken, Revocation, Session, SessionSecret, SignUp,
    Tokens, Welcome,
};
use crate::error::Error;

pub use admin::{forced_reset, page_of_accounts, page_of_audit_log};
pub use factors::{recovery_codes, shown_password, totp_code};
pub use identities::{identity_id, provider_entry, provider_id};
pub use invites::invite_id;
pub use letters::{claimed_email, mail_code, wanted_email};
pub use log_in::entry;
pub use passkeys::{passkey_id, passkey_name};
pub use people::{
    caller_and_users, contacts, held_pictures, indexes, page_of_blocks, page_of_users, people, two_people,
    user_id, user_ids, wanted_push,
};

/// Names the field that a value comes from, in case that it is wrong.
fn field<T>(field: &'static str, value: Result<T, impl Display>) -> Result<T, Error> {
    value.map_err(|problem| Error::Invalid { field, problem: problem.to_string() })
}

impl TryFrom<Request<v1::SignUpRequest>> for SignUp {
    type Error = Error;

    fn try_from(request: Request<v1::SignUpRequest>) -> Result<Self, Error> {
        let device = device(&request, &request.get_ref().device_name)?;
        let device_secret = device_secret(&request, &request.get_ref().device_token);
        let request = request.into_inner();
        Ok(Self {
            device,
            device_secret,
            delivery: request.session_delivery().into(),
            email: field("email", Email::new(&request.email))?,
            invite: invite_code(&request.invite_code)?,
            email_code: letters::email_code(&request.email_code)?,
            password: Password::claimed(&request.password),
            name: field("name", Name::new(&request.name))?,
        })
    }
}

/// The invitation that somebody shows, if any.
fn invite_code(text: &str) -> Result<Option<InviteCode>, Error> {
    let code = InviteCode::claimed(text);
    // What cannot be one is known to be none, and is answered as such.
    if code.is_none() && !text.is_empty() { Err(Error::NoSuchInvite) } else { Ok(code) }
}

/// From where a request comes that starts a session.
fn device<T>(request: &Request<T>, name: &str) -> Result<Device, Error> {
    let user_agent = || request.metadata().get("user-agent").and_then(|value| value.to_str().ok());
    let name = match field("device_name", DeviceName::new(name))? {
        chosen if !chosen.as_str().is_empty() => chosen,
        _ => user_agent().map(DeviceName::of_user_agent).unwrap_or_default(),
    };
    Ok(Device { name, address: address_prefix(request) })
}

/// What a device shows to be known again: in the request, or in the cookie that
/// the gateway keeps for a browser. What cannot be one is as good as none.
fn device_secret<T>(request: &Request<T>, token: &str) -> Option<DeviceSecret> {
    let kept = || request.metadata().get(DEVICE).and_then(|value| value.to_str().ok());
    DeviceSecret::claimed(if token.is_empty() { kept()? } else { token })
}

/// The prefix of the address that a request comes from, if that is known.
pub fn address_prefix<T>(request: &Request<T>) -> Option<AddressPrefix> {
    ClientAddress::of(request).map(|ClientAddress(address)| AddressPrefix::of(address))
}

impl From<v1::SessionDelivery> for Delivery {
    fn from(delivery: v1::SessionDelivery) -> Self {
        match delivery {
            v1::SessionDelivery::Unspecified => Self::Token,
            v1::SessionDelivery::Cookie => Self::Cookie,
        }
    }
}

impl From<v1::ChangePasswordRequest> for PasswordChange {
    fn from(request: v1::ChangePasswordRequest) -> Self {
        let (old, new) = (Password::claimed(&request.old_password), Password::claimed(&request.new_password));
        Self { old, new }
    }
}

/// The session that a request names.
pub fn session_id(request: &v1::RevokeSessionRequest) -> Result<SessionId, Error> {
    field("session_id", request.session_id.parse())
}

/// The sessions that a request asks for.
pub fn session_ids(ids: &[String]) -> Result<Vec<SessionId>, Error> {
    field("session_ids", ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())
}

/// The refresh token that a request shows, if it can be one.
pub fn refresh_token(request: v1::RefreshSessionRequest) -> Option<RefreshToken> {
    RefreshToken::claimed(&request.refresh_token)
}

/// The secret of a session that a request shows.
pub fn session_secret(request: internal::ExchangeSessionRequest) -> SessionSecret {
    SessionSecret::claimed(request.session_secret)
}

impl From<AccessToken> for v1::AccessToken {
    fn from(token: AccessToken) -> Self {
        Self { token: token.token.expose_secret().to_owned(), expire_time: Some(token.expires.into()) }
    }
}

impl From<Tokens> for v1::RefreshSessionResponse {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: Some(tokens.access.into()),
            refresh_token: tokens.refresh.expose().expose_secret().to_owned(),
        }
    }
}

/// The sessions of `caller` as they see them.
pub fn sessions(sessions: Vec<Session>, caller: Caller) -> Vec<v1::Session> {
    let seen = |session: Session| v1::Session {
        session_id: session.id.to_string(),
        device_name: session.device.name.as_str().to_owned(),
        address_prefix: session.device.address.map(|prefix| prefix.as_str().to_owned()).unwrap_or_default(),
        create_time: Some(session.created.into()),
        last_use_time: Some(session.used.into()),
        expire_time: Some(session.expires.into()),
        current: session.id == caller.session,
    };
    sessions.into_iter().map(seen).collect()
}

impl From<AccessToken> for internal::ExchangeSessionResponse {
    fn from(token: AccessToken) -> Self {
        Self { access_token: token.token.expose_secret().to_owned(), expire_time: Some(token.expires.into()) }
    }
}

/// Sessions that were ended, as other services hear of it.
pub fn revocations(ended: Vec<Revocation>) -> internal::WatchRevocationsResponse {
    let told = |ended: Revocation| internal::Revocation {
        session_id: ended.session.to_string(),
        expire_time: Some(ended.over().into()),
    };
    internal::WatchRevocationsResponse { revocations: ended.into_iter().map(told).collect() }
}

impl From<PublishedKey> for v1::SigningKey {
    fn from(key: PublishedKey) -> Self {
        Self { key_id: key.id, public_key: key.bytes.to_vec().into(), create_time: Some(key.created.into()) }
    }
}

/// What a program is shown of its new session; nothing of it is for a browser.
#[derive(Default)]
pub struct Shown {
    /// Proof of the session.
    pub access: Option<v1::AccessToken>,
    /// What the next proof is made of.
    pub refresh: String,
    /// What the device is known by.
    pub device: String,
}

/// Answers somebody who has been let in: the proof goes into the body for a
/// program, and into metadata, for the gateway to take out, for a browser.
pub fn welcome<T>(welcome: Welcome, body: impl FnOnce(v1::User, Shown) -> T) -> Result<Response<T>, Error> {
    let user = welcome.account.into();
    let device = welcome.device_secret.expose();
    match welcome.proof {
        Proof::Tokens(tokens) => {
            let v1::RefreshSessionResponse { access_token, refresh_token } = tokens.into();
            let shown =
                Shown { access: access_token, refresh: refresh_token, device: String::clone(&device) };
            Ok(Response::new(body(user, shown)))
        }
        Proof::Cookie { secret, lifetime } => {
            let mut response = Response::new(body(user, Shown::default()));
            for (name, secret) in [(SESSION_SET, secret.expose()), (DEVICE_SET, &device)] {
                let mut value: MetadataValue<Ascii> = secret.parse()?;
                value.set_sensitive(true);
                response.metadata_mut().insert(name, value);
            }
            response.metadata_mut().insert(SESSION_MAX_AGE, lifetime.as_secs().into());
            Ok(response)
        }
    }
}

/// Answers somebody who is out, and has the gateway take the cookie away.
pub fn goodbye() -> Response<v1::LogOutResponse> {
    let mut response = Response::new(v1::LogOutResponse {});
    response.metadata_mut().insert(SESSION_CLEAR, MetadataValue::from_static("1"));
    response
}
