//! What is kept of somebody, as they are given it: a line of JSON for each thing.

use confab_core::Timestamp;
use serde_json::{Value, json};

use crate::domain::{
    Account, AddressPrefix, AuditEntry, Block, Factors, Identity, Invite, Passkey, Role, Session, TimeZone,
};

/// The account itself.
pub fn profile(account: &Account, factors: Factors) -> Vec<u8> {
    let user = &account.user;
    line(&json!({
        "user_id": user.id.to_string(),
        "email": account.email.as_str(),
        "email_verify_time": account.email_verified.map(time),
        "name": user.name.as_str(),
        "status_text": user.status.as_str(),
        "time_zone": user.time_zone.as_ref().map(TimeZone::as_str),
        "picture_id": user.picture.map(|picture| picture.to_string()),
        "create_time": time(user.created),
        "update_time": time(user.updated),
        "contact_policy": account.contact.word(),
        "admin": account.role == Role::Admin,
        "authenticator_app": factors.totp,
        "passkeys": factors.passkeys,
        "recovery_codes_left": factors.recovery_codes,
    }))
}

/// A session.
pub fn session(session: &Session) -> Vec<u8> {
    line(&json!({
        "session_id": session.id.to_string(),
        "device_name": session.device.name.as_str(),
        "address_prefix": session.device.address.as_ref().map(AddressPrefix::as_str),
        "create_time": time(session.created),
        "last_use_time": time(session.used),
        "expire_time": time(session.expires),
    }))
}

/// A passkey.
pub fn passkey(passkey: &Passkey) -> Vec<u8> {
    line(&json!({
        "passkey_id": passkey.id.to_string(),
        "name": passkey.name.as_str(),
        "create_time": time(passkey.created),
        "last_use_time": passkey.used.map(time),
        "backed_up": passkey.backed_up,
    }))
}

/// Who somebody is elsewhere.
pub fn identity(identity: &Identity) -> Vec<u8> {
    line(&json!({
        "identity_id": identity.id.to_string(),
        "provider_id": identity.provider.as_str(),
        "subject": identity.subject,
        "email": identity.email,
        "create_time": time(identity.created),
    }))
}

/// An invitation.
pub fn invite(invite: &Invite) -> Vec<u8> {
    line(&json!({
        "invite_id": invite.id.to_string(),
        "create_time": time(invite.created),
        "expire_time": time(invite.expires),
        "use_count": invite.uses,
        "max_use_count": invite.uses_max,
    }))
}

/// Somebody who is blocked.
pub fn block(block: &Block) -> Vec<u8> {
    line(&json!({ "user_id": block.blocked.to_string(), "block_time": time(block.created) }))
}

/// Something that happened to the account, or that its owner did.
pub fn audit_event(entry: &AuditEntry) -> Vec<u8> {
    line(&json!({
        "event": entry.kind,
        "create_time": time(entry.time),
        "actor": entry.actor.word(),
        "actor_id": entry.actor.person().map(|person| person.to_string()),
        "subject_id": entry.subject.map(|person| person.to_string()),
        "address_prefix": entry.network.as_ref().map(AddressPrefix::as_str),
        "detail": entry.about,
    }))
}

fn line(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}

/// A moment, as RFC 3339 has it.
fn time(moment: Timestamp) -> String {
    prost_types::Timestamp::from(moment).to_string()
}
