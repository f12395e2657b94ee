//! What each RPC does, and what several of them need.

use confab_core::{SessionId, UserId};
use confab_rpc::Caller;

use crate::audit::audit;
use crate::domain::{
    AccessToken, Account, AccountState, Actor, AuditEvent, AuditKind, Delivery, Device, DeviceSecret, Letter,
    Proof, RefreshToken, Rotation, Session, SessionSecret, Tokens, Welcome,
};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Posted;

mod admin;
mod batch_get_users;
mod begin_passkey_confirmation;
mod begin_passkey_log_in;
mod begin_passkey_registration;
mod begin_totp;
mod block_user;
mod change_password;
mod check_contact;
mod check_push;
mod confirm_email_change;
mod confirm_identity;
mod confirm_totp;
mod create_invite;
#[cfg(test)]
mod cut_off;
mod delete_account;
mod delete_identity;
mod delete_passkey;
mod departing;
mod entry;
mod exchange_session;
mod export_account;
mod filter_held_pictures;
mod filter_sessions;
mod filter_users;
mod finish_log_in;
mod finish_passkey_log_in;
mod finish_passkey_registration;
mod finish_provider_link;
mod finish_provider_log_in;
mod get_contact_policy;
mod get_factors;
mod get_me;
mod get_user;
mod guessing;
mod list_blocked_users;
mod list_identities;
mod list_invites;
mod list_passkeys;
mod list_sessions;
mod list_signing_keys;
mod list_users;
mod log_in;
mod log_out;
mod passkeys;
mod providers;
mod refresh_session;
mod regenerate_recovery_codes;
mod remove_totp;
mod rename_passkey;
mod request_email_change;
mod request_email_verification;
mod request_password_reset;
mod request_sign_up;
mod reset_password;
mod revoke_invite;
mod revoke_other_sessions;
mod revoke_session;
mod second_factor;
mod set_contact_policy;
mod sign_up;
mod start_provider_link;
mod start_provider_log_in;
mod step_up;
mod unblock_user;
mod update_profile;
mod verify_email;
mod watch_revocations;

pub use admin::{
    AccountList, AuditLog, Authority, Erasures, UnsentLetters, disable_account, enable_account,
    erase_account, force_password_reset, list_accounts, list_audit_events, list_erasures,
    list_unsent_letters, make_admin, revoke_admin,
};
pub use batch_get_users::batch_get_users;
pub use begin_passkey_confirmation::begin_passkey_confirmation;
pub use begin_passkey_log_in::begin_passkey_log_in;
pub use begin_passkey_registration::begin_passkey_registration;
pub use begin_totp::{NewTotp, begin_totp};
pub use block_user::block_user;
pub use change_password::change_password;
pub use check_contact::check_contact;
pub use check_push::{PushCheck, check_push};
pub use confirm_email_change::confirm_email_change;
pub use confirm_identity::confirm_identity;
pub use confirm_totp::confirm_totp;
pub use create_invite::create_invite;
pub use delete_account::delete_account;
pub use delete_identity::delete_identity;
pub use delete_passkey::delete_passkey;
pub use exchange_session::exchange_session;
pub use export_account::export_account;
pub use filter_held_pictures::filter_held_pictures;
pub use filter_sessions::filter_sessions;
pub use filter_users::filter_users;
pub use finish_log_in::finish_log_in;
pub use finish_passkey_log_in::finish_passkey_log_in;
pub use finish_passkey_registration::finish_passkey_registration;
pub use finish_provider_link::finish_provider_link;
pub use finish_provider_log_in::finish_provider_log_in;
pub use get_contact_policy::get_contact_policy;
pub use get_factors::{FactorList, get_factors};
pub use get_me::get_me;
pub use get_user::get_user;
pub use list_blocked_users::{BlockList, list_blocked_users};
pub use list_identities::list_identities;
pub use list_invites::list_invites;
pub use list_passkeys::list_passkeys;
pub use list_sessions::list_sessions;
pub use list_signing_keys::list_signing_keys;
pub use list_users::{UserList, list_users};
pub use log_in::log_in;
pub use log_out::log_out;
pub use refresh_session::refresh_session;
pub use regenerate_recovery_codes::regenerate_recovery_codes;
pub use remove_totp::remove_totp;
pub use rename_passkey::rename_passkey;
pub use request_email_change::request_email_change;
pub use request_email_verification::request_email_verification;
pub use request_password_reset::request_password_reset;
pub use request_sign_up::request_sign_up;
pub use reset_password::reset_password;
pub use revoke_invite::revoke_invite;
pub use revoke_other_sessions::revoke_other_sessions;
pub use revoke_session::revoke_session;
pub use set_contact_policy::set_contact_policy;
pub use sign_up::sign_up;
pub use start_provider_link::start_provider_link;
pub use start_provider_log_in::{Sent, start_provider_log_in};
pub use unblock_user::unblock_user;
pub use update_profile::update_profile;
pub use verify_email::verify_email;
pub use watch_revocations::watch_revocations;

/// Lets the owner of `account` in, whoever has made sure that it is them.
async fn start_session(
    service: &AuthService,
    account: Account,
    delivery: Delivery,
    device: Device,
    device_secret: Option<DeviceSecret>,
) -> Result<Welcome, Error> {
    let (user, now) = (account.user.id, service.clock.now());
    require_active(service, Some(&account), &device).await?;
    let start = |secret_hash, rotation, lifetime| Session {
        id: SessionId::new(now),
        user,
        secret_hash,
        rotation,
        device: device.clone(),
        created: now,
        used: now,
        expires: now.plus(lifetime),
        confirmed: None,
    };
    let (session, proof) = match delivery {
        Delivery::Token => {
            let refresh = RefreshToken::generate()?;
            let rotation = Some(Rotation::starting_with(&refresh));
            let session = start(refresh.family_hash(), rotation, RefreshToken::IDLE_TIME_MAX);
            let access = sign(service, &session).await?;
            (session, Proof::Tokens(Tokens { access, refresh }))
        }
        Delivery::Cookie => {
            let (secret, lifetime) = (SessionSecret::generate()?, service.session_lifetime);
            (start(secret.hash(), None, lifetime), Proof::Cookie { secret, lifetime })
        }
    };
    service.stores.sessions.insert(&session).await?;
    // Whoever has disabled the account meanwhile has ended all sessions but this one.
    let account_now = service.stores.users.find(user).await?;
    if let Err(refused) = require_active(service, account_now.as_ref(), &device).await {
        end_session(service, session.id).await?;
        return Err(refused);
    }
    // One secret for all who use the device: it names none of them.
    let device_secret = device_secret.map_or_else(DeviceSecret::generate, Ok)?;
    service.stores.devices.keep(user, device_secret.hash(), now).await?;
    Ok(Welcome { account, session: session.id, proof, device_secret })
}

/// Makes sure that the owner of `account` may log in. Whoever gets here has
/// shown that they are the owner, so they are told.
async fn require_active(
    service: &AuthService,
    account: Option<&Account>,
    device: &Device,
) -> Result<(), Error> {
    let account = account.ok_or(Error::SessionEnded)?;
    match account.state {
        AccountState::Active => Ok(()),
        AccountState::Disabled => {
            let event = AuditEvent::new(AuditKind::LogInRefused, Actor::Person(account.user.id));
            let event = event.to(Some(account.user.id)).from(device.address.clone());
            audit(service, event.about("the account is disabled")).await;
            Err(Error::AccountDisabled)
        }
    }
}

/// Ends all sessions of `user`, and has everybody told who heeds them.
async fn end_sessions(service: &AuthService, user: UserId) -> Result<(), Error> {
    let now = service.clock.now();
    // No session has this id, so none is kept.
    service.stores.sessions.delete_others(user, SessionId::new(now), now).await?;
    service.ended.send_replace(());
    Ok(())
}

/// Ends the session `id`, and has everybody told who heeds it.
async fn end_session(service: &AuthService, id: SessionId) -> Result<(), Error> {
    service.stores.sessions.delete(id, service.clock.now()).await?;
    service.ended.send_replace(());
    Ok(())
}

/// Ends all sessions of `caller` but the one they call in, and has it told.
async fn end_other_sessions(service: &AuthService, caller: Caller) -> Result<(), Error> {
    let now = service.clock.now();
    service.stores.sessions.delete_others(caller.user, caller.session, now).await?;
    service.ended.send_replace(());
    Ok(())
}

/// Has `letter` sent.
async fn post(service: &AuthService, letter: Letter) -> Result<(), Error> {
    service.require_mail()?;
    let posted = service.stores.letters.post(&letter, Letter::WAITING_MAX).await?;
    service.postman.bell.notify_one();
    match posted {
        Posted::Yes => Ok(()),
        Posted::Full => Err(Error::TooManyLetters),
    }
}

/// Has `letter` sent, if letters are sent here. What it tells of has happened
/// already, and is no less so without it.
async fn post_if_possible(service: &AuthService, letter: Letter) {
    if service.sends_letters()
        && let Err(error) = post(service, letter).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "somebody could not be told by letter");
    }
}

/// Makes an access token for `session`.
async fn sign(service: &AuthService, session: &Session) -> Result<AccessToken, Error> {
    let key = service.keys.own().await?;
    Ok(key.sign(session, service.clock.now())?)
}

/// The session of `caller`, if it has not ended since their token was made.
async fn session_of(service: &AuthService, caller: Caller) -> Result<Session, Error> {
    let session = service.stores.sessions.find(caller.session, service.clock.now()).await?;
    session.filter(|session| session.user == caller.user).ok_or(Error::SessionEnded)
}

/// Makes sure that the session of `caller` has not ended since their token was made.
async fn require_session(service: &AuthService, caller: Caller) -> Result<(), Error> {
    session_of(service, caller).await.map(drop)
}
