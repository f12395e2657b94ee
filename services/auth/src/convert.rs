//! From the wire to the domain and back. Nothing else reads fields of requests.

mod factors;
mod identities;
mod invites;
mod letters;
mod log_in;
mod passkeys;

use std::fmt::Display;

use confab_core::page::{Page, encode_token};
use confab_core::{Id, SessionId, UserId};
use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use confab_rpc::metadata::{DEVICE, DEVICE_SET, SESSION_CLEAR, SESSION_MAX_AGE, SESSION_SET};
use confab_rpc::{Caller, ClientAddress};
use secrecy::ExposeSecret;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Request, Response};

use crate::domain::{
    AccessToken, Account, AddressPrefix, Block, BlockCursor, Delivery, Device, DeviceName, DeviceSecret,
    Email, InviteCode, Name, NamePrefix, Password, PasswordChange, ProfileChange, Proof, PublishedKey,
    RefreshToken, Revocation, Session, SessionSecret, SignUp, Tokens, User, UserCursor, Welcome,
};
use crate::error::Error;
use crate::handlers::{BlockList, UserList};

pub use factors::{recovery_codes, shown_password, totp_code};
pub use identities::{identity_id, provider_entry, provider_id};
pub use invites::invite_id;
pub use letters::{claimed_email, mail_code};
pub use log_in::entry;
pub use passkeys::{passkey_id, passkey_name};

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

impl TryFrom<v1::UpdateProfileRequest> for ProfileChange {
    type Error = Error;

    fn try_from(request: v1::UpdateProfileRequest) -> Result<Self, Error> {
        let profile = request.profile.unwrap_or_default();
        // Without a mask, what is set is meant (AIP-134).
        let names_name = match request.update_mask {
            None => !profile.name.is_empty(),
            Some(mask) => field("update_mask", names_name(&mask.paths))?,
        };
        let name = if names_name { Some(field("profile.name", Name::new(&profile.name))?) } else { None };
        Ok(Self { name })
    }
}

/// Tells whether a mask over a profile names the name, the one field it has.
fn names_name(paths: &[String]) -> Result<bool, &'static str> {
    if paths.iter().all(|path| path == "name" || path == "*") {
        Ok(!paths.is_empty())
    } else {
        Err("may name nothing but \"name\", or be \"*\"")
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

/// The refresh token that a request shows, if it can be one.
pub fn refresh_token(request: v1::RefreshSessionRequest) -> Option<RefreshToken> {
    RefreshToken::claimed(&request.refresh_token)
}

/// The person that a request names.
pub fn user_id(id: &str) -> Result<UserId, Error> {
    field("user_id", id.parse())
}

/// The people that a request names.
pub fn user_ids(ids: &[String]) -> Result<Vec<UserId>, Error> {
    field("user_ids", ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())
}

/// The part of a list that a request asks for.
pub fn page_of_users(request: &v1::ListUsersRequest) -> Result<(NamePrefix, Page<UserCursor>), Error> {
    let prefix = NamePrefix::new(&request.name_prefix);
    let page = field("page_token", Page::<UserCursor>::new(request.page_size, &request.page_token))?;
    match &page.after {
        Some(after) if !prefix.matches(&after.name) => {
            field("page_token", Err("belongs to another name_prefix"))
        }
        _ => Ok((prefix, page)),
    }
}

/// The part of the list of blocked people that a request asks for.
pub fn page_of_blocks(request: &v1::ListBlockedUsersRequest) -> Result<Page<BlockCursor>, Error> {
    field("page_token", Page::new(request.page_size, &request.page_token))
}

/// The two people that a request is about.
pub fn two_people(request: &internal::CheckContactRequest) -> Result<(UserId, UserId), Error> {
    Ok((user_id(&request.user_id)?, field("other_id", request.other_id.parse())?))
}

/// Whoever asks about people, and whom they ask about.
pub fn caller_and_users(request: &internal::FilterUsersRequest) -> Result<(UserId, Vec<UserId>), Error> {
    Ok((field("caller_id", request.caller_id.parse())?, user_ids(&request.user_ids)?))
}

/// The secret of a session that a request shows.
pub fn session_secret(request: internal::ExchangeSessionRequest) -> SessionSecret {
    SessionSecret::claimed(request.session_secret)
}

impl From<User> for v1::User {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.to_string(),
            name: user.name.as_str().to_owned(),
            // Nobody's business; see below for one's own.
            email: String::new(),
            email_verified: false,
            create_time: Some(user.created.into()),
            update_time: Some(user.updated.into()),
        }
    }
}

impl From<Account> for v1::User {
    fn from(account: Account) -> Self {
        let email = account.email.as_str().to_owned();
        Self { email, email_verified: account.email_verified.is_some(), ..account.user.into() }
    }
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

impl From<UserList> for v1::ListUsersResponse {
    fn from(list: UserList) -> Self {
        let next_page_token = list.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { users: people(list.users), next_page_token }
    }
}

impl From<BlockList> for v1::ListBlockedUsersResponse {
    fn from(list: BlockList) -> Self {
        let next_page_token = list.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { blocked_users: list.blocks.into_iter().map(blocked_user).collect(), next_page_token }
    }
}

fn blocked_user((block, user): (Block, Option<User>)) -> v1::BlockedUser {
    let gone = || v1::User { user_id: block.blocked.to_string(), ..v1::User::default() };
    v1::BlockedUser {
        user: Some(user.map_or_else(gone, v1::User::from)),
        block_time: Some(block.created.into()),
    }
}

/// People as others see them.
pub fn people(users: Vec<User>) -> Vec<v1::User> {
    users.into_iter().map(v1::User::from).collect()
}

/// Ids as they are written.
pub fn texts<Of>(ids: Vec<Id<Of>>) -> Vec<String> {
    ids.iter().map(Id::to_string).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn update(name: &str, mask: Option<&[&str]>) -> Result<ProfileChange, Error> {
        let paths = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
        let update_mask = mask.map(|mask| prost_types::FieldMask { paths: paths(mask) });
        v1::UpdateProfileRequest { profile: Some(v1::Profile { name: name.to_owned() }), update_mask }
            .try_into()
    }

    #[test]
    fn a_mask_says_what_is_changed() {
        let renamed = ProfileChange { name: Some(Name::new("Ada").unwrap()) };
        assert_eq!(update("Ada", None).unwrap(), renamed);
        assert_eq!(update("Ada", Some(&["name"])).unwrap(), renamed);
        assert_eq!(update("Ada", Some(&["*"])).unwrap(), renamed);
        assert_eq!(update("Ada", Some(&[])).unwrap(), ProfileChange::default());
        assert_eq!(update("", None).unwrap(), ProfileChange::default());
    }

    #[test]
    fn a_bad_profile_is_refused_with_the_name_of_its_field() {
        for (name, mask, expected) in [
            ("", Some(["name"].as_slice()), "profile.name"),
            ("a\nb", None, "profile.name"),
            ("Ada", Some(["email"].as_slice()), "update_mask"),
        ] {
            let Err(Error::Invalid { field, .. }) = update(name, mask) else { panic!("{name:?} {mask:?}") };
            assert_eq!(field, expected);
        }
    }

    #[test]
    fn a_page_token_is_good_for_its_own_list_only() {
        let cursor = UserCursor { name: "bob".into(), id: uuid::Uuid::nil() };
        let request = |name_prefix: &str, page_token: String| v1::ListUsersRequest {
            name_prefix: name_prefix.to_owned(),
            page_size: None,
            page_token,
        };
        assert!(page_of_users(&request("B", encode_token(&cursor))).is_ok());
        for refused in [request("a", encode_token(&cursor)), request("", "garbage".into())] {
            let refusal = page_of_users(&refused);
            assert!(matches!(refusal, Err(Error::Invalid { field: "page_token", .. })), "{refused:?}");
        }
    }
}
