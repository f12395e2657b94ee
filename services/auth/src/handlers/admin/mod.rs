//! `AdminService`: what those who run the server can do with accounts.

use confab_core::UserId;
use confab_rpc::Caller;

use super::require_session;
use crate::audit::note;
use crate::domain::{AccountState, Actor, AuditEvent, AuditKind, Role};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Changed;

mod disable_account;
mod enable_account;
mod erase_account;
mod force_password_reset;
mod list_accounts;
mod list_audit_events;
mod list_erasures;
mod list_unsent_letters;
mod make_admin;
mod revoke_admin;

pub use disable_account::disable_account;
pub use enable_account::enable_account;
pub use erase_account::erase_account;
pub use force_password_reset::force_password_reset;
pub use list_accounts::{AccountList, list_accounts};
pub use list_audit_events::{AuditLog, list_audit_events};
pub use list_erasures::{Erasures, list_erasures};
pub use list_unsent_letters::{UnsentLetters, list_unsent_letters};
pub use make_admin::make_admin;
pub use revoke_admin::revoke_admin;

/// In whose name something is asked for that only admins can do.
#[derive(Clone, Copy, Debug)]
pub enum Authority {
    /// Whoever runs the server, by a command on its machine.
    Operator,
    /// Somebody who has to be an admin.
    Caller(Caller),
}

/// Makes sure that `authority` may, and returns who it is.
async fn require_admin(service: &AuthService, authority: Authority) -> Result<Actor, Error> {
    let caller = match authority {
        Authority::Operator => return Ok(Actor::Operator),
        Authority::Caller(caller) => caller,
    };
    require_session(service, caller).await?;
    let account = service.stores.users.find(caller.user).await?;
    let may =
        account.is_some_and(|account| account.role == Role::Admin && account.state == AccountState::Active);
    if may {
        return Ok(Actor::Person(caller.user));
    }
    note(service, AuditEvent::new(AuditKind::AdminRefused, Actor::Person(caller.user)));
    Err(Error::NotAdmin)
}

/// Turns what became of the account of `user` into what an admin is told, and
/// returns whether it has changed.
fn changed(outcome: Changed, user: UserId) -> Result<bool, Error> {
    match outcome {
        Changed::Yes => Ok(true),
        Changed::Already => Ok(false),
        Changed::LastAdmin => Err(Error::LastAdmin),
        Changed::NoSuchUser => Err(Error::NoSuchUser { user }),
    }
}

#[cfg(test)]
mod tests;
