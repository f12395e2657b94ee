//! `AuthService.SignUp`.

use confab_core::UserId;

use super::start_session;
use crate::domain::{Account, SignUp, User, Welcome};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Inserted;

/// Makes an account and lets its owner in.
pub async fn sign_up(service: &AuthService, sign_up: SignUp) -> Result<Welcome, Error> {
    let SignUp { email, password, name, delivery, device, device_secret } = sign_up;
    service.limits.count_sign_up(device.address.as_ref())?;
    // Whether the address is free is found out by taking it: looking first
    // would leave a gap, in which somebody else could take it.
    let hash = service.hasher.hash_new("password", password, email.clone(), name.clone()).await?;

    let now = service.clock.now();
    let user = User { id: UserId::new(now), name, created: now, updated: now };
    let account = Account { user, email };
    match service.stores.users.insert(&account, &hash).await? {
        Inserted::Yes => start_session(service, account, delivery, device, device_secret).await,
        Inserted::EmailTaken => Err(Error::EmailTaken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Email, Password};
    use crate::service::testing::{ada, test_service};

    #[tokio::test]
    async fn an_address_can_be_used_once() {
        let (service, _folder) = test_service().await;
        sign_up(&service, ada()).await.unwrap();
        assert!(matches!(sign_up(&service, ada()).await, Err(Error::EmailTaken)));
    }

    #[tokio::test]
    async fn a_bad_password_makes_no_account() {
        let (service, _folder) = test_service().await;
        let weak = SignUp { password: Password::claimed("password1"), ..ada() };
        let refused = sign_up(&service, weak).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "password", .. })));
        let email = Email::new("ada@example.com").unwrap();
        assert_eq!(service.stores.users.find_by_email(&email).await.unwrap(), None);
    }
}
