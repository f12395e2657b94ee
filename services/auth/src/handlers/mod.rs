//! What each RPC does, and what several of them need.

use confab_core::SessionId;
use confab_rpc::Caller;

use crate::domain::{AccessToken, Account, Delivery, Proof, Session, SessionSecret, Welcome};
use crate::error::Error;
use crate::service::AuthService;

mod batch_get_users;
mod block_user;
mod check_contact;
mod exchange_session;
mod filter_users;
mod get_me;
mod get_user;
mod list_blocked_users;
mod list_signing_keys;
mod list_users;
mod log_in;
mod log_out;
mod sign_up;
mod unblock_user;
mod update_profile;

pub use batch_get_users::batch_get_users;
pub use block_user::block_user;
pub use check_contact::check_contact;
pub use exchange_session::exchange_session;
pub use filter_users::filter_users;
pub use get_me::get_me;
pub use get_user::get_user;
pub use list_blocked_users::{BlockList, list_blocked_users};
pub use list_signing_keys::list_signing_keys;
pub use list_users::{UserList, list_users};
pub use log_in::log_in;
pub use log_out::log_out;
pub use sign_up::sign_up;
pub use unblock_user::unblock_user;
pub use update_profile::update_profile;

/// Lets the owner of `account` in, whoever has made sure that it is them.
async fn start_session(
    service: &AuthService,
    account: Account,
    delivery: Delivery,
) -> Result<Welcome, Error> {
    let secret = SessionSecret::generate()?;
    let (now, lifetime) = (service.clock.now(), service.session_lifetime);
    let session = Session {
        id: SessionId::new(now),
        user: account.user.id,
        secret_hash: secret.hash(),
        created: now,
        expires: now.plus(lifetime),
    };
    service.stores.sessions.insert(&session).await?;

    let proof = match delivery {
        Delivery::Token => Proof::Token(sign(service, &session).await?),
        Delivery::Cookie => Proof::Cookie { secret, lifetime },
    };
    Ok(Welcome { account, proof })
}

/// Makes an access token for `session`.
async fn sign(service: &AuthService, session: &Session) -> Result<AccessToken, Error> {
    let key = service.keys.own().await?;
    Ok(key.sign(session, service.clock.now())?)
}

/// Makes sure that the session of `caller` has not ended since their token was made.
async fn require_session(service: &AuthService, caller: Caller) -> Result<(), Error> {
    let session = service.stores.sessions.find(caller.session, service.clock.now()).await?;
    session.filter(|session| session.user == caller.user).map(drop).ok_or(Error::SessionEnded)
}
