//! `AuthService.DeleteAccount`.

use confab_rpc::Caller;

use super::{departing, step_up};
use crate::domain::Actor;
use crate::error::Error;
use crate::service::AuthService;

/// Deletes the account of `caller`, and ends all their sessions, this one too.
pub async fn delete_account(service: &AuthService, caller: Caller) -> Result<(), Error> {
    step_up::require(service, caller).await?;
    departing::delete(service, Actor::Person(caller.user), caller.user).await
}
