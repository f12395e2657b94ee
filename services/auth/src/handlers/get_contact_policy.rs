//! `UserService.GetContactPolicy`.

use confab_rpc::Caller;

use super::get_me;
use crate::domain::ContactPolicy;
use crate::error::Error;
use crate::service::AuthService;

/// Returns who may contact `caller`.
pub async fn get_contact_policy(service: &AuthService, caller: Caller) -> Result<ContactPolicy, Error> {
    Ok(get_me(service, caller).await?.contact)
}
