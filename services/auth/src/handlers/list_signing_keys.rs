//! `AuthService.ListSigningKeys`.

use crate::domain::PublishedKey;
use crate::error::Error;
use crate::service::AuthService;

/// Returns the public keys that tokens are to be checked with.
pub async fn list_signing_keys(service: &AuthService) -> Result<Vec<PublishedKey>, Error> {
    Ok(service.keys.published().await?)
}
