//! `AuthService.ListSigningKeys`.

use crate::domain::PublishedKey;
use crate::error::Error;
use crate::service::AuthService;

/// Returns the public keys that tokens are to be checked with.
pub async fn list_signing_keys(service: &AuthService) -> Result<Vec<PublishedKey>, Error> {
    Ok(service.keys.published().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::test_service;

    #[tokio::test]
    async fn our_own_key_is_among_them_from_the_beginning() {
        let (service, _folder) = test_service().await;
        let listed = list_signing_keys(&service).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].id, service.keys.own().await.unwrap().id());
    }
}
