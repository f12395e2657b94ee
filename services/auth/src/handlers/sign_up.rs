//! `AuthService.SignUp`.

use confab_core::UserId;

use super::start_session;
use crate::domain::{Account, SignUp, User, Welcome};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Inserted;

/// Makes an account and lets its owner in.
pub async fn sign_up(service: &AuthService, sign_up: SignUp) -> Result<Welcome, Error> {
    let SignUp {
        email,
        password,
        name,
        delivery,
    } = sign_up;
    // Whether the address is free is found out by taking it: looking first
    // would leave a gap, in which somebody else could take it.
    let hash = service
        .hasher
        .hash_new(password, email.clone(), name.clone())
        .await?;

    let now = service.clock.now();
    let user = User {
        id: UserId::new(now),
        name,
        created: now,
        updated: now,
    };
    let account = Account { user, email };
    match service.stores.users.insert(&account, &hash).await? {
        Inserted::Yes => start_session(service, account, delivery).await,
        Inserted::EmailTaken => Err(Error::EmailTaken),
    }
}
