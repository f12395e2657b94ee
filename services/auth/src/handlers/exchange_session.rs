//! `internal.SessionService.ExchangeSession`.

use super::sign;
use crate::domain::{AccessToken, AddressPrefix, Session, SessionSecret, USE_PRECISION};
use crate::error::Error;
use crate::service::AuthService;

/// Makes an access token for the session that `secret` belongs to, which is
/// used from `address`.
pub async fn exchange_session(
    service: &AuthService,
    secret: SessionSecret,
    address: Option<AddressPrefix>,
) -> Result<AccessToken, Error> {
    let session = service.stores.sessions.find_by_secret(secret.hash(), service.clock.now()).await?;
    // What a program has in its place is not for cookies.
    let session = session.filter(|session| session.rotation.is_none()).ok_or(Error::SessionEnded)?;
    note_use(service, &session, address).await;
    sign(service, &session).await
}

/// Keeps when and from where the session was used, if that was not just noted.
async fn note_use(service: &AuthService, session: &Session, address: Option<AddressPrefix>) {
    let now = service.clock.now();
    if now.since(session.used) < USE_PRECISION && address == session.device.address {
        return;
    }
    // People are to see it in a list. That is no reason to keep anybody out.
    if let Err(error) = service.stores.sessions.touch(session.id, address, now).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the use of a session could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Delivery, Proof, SignUp};
    use crate::handlers::sign_up;
    use crate::service::testing::{ada, test_service};

    #[tokio::test]
    async fn a_secret_is_worth_a_token_and_a_guess_is_not() {
        let (service, _folder) = test_service().await;
        let in_a_browser = SignUp { delivery: Delivery::Cookie, ..ada() };
        let welcome = sign_up(&service, in_a_browser).await.unwrap();
        let Proof::Cookie { secret, .. } = welcome.proof else { panic!("not delivered as a cookie") };

        let token = exchange_session(&service, secret, None).await.unwrap();
        assert!(token.expires > service.clock.now());

        let guess = SessionSecret::generate().unwrap();
        assert!(matches!(exchange_session(&service, guess, None).await, Err(Error::SessionEnded)));
    }
}
