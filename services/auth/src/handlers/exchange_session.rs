//! `internal.SessionService.ExchangeSession`.

use super::sign;
use crate::domain::{AccessToken, SessionSecret};
use crate::error::Error;
use crate::service::AuthService;

/// Makes an access token for the session that `secret` belongs to.
pub async fn exchange_session(service: &AuthService, secret: SessionSecret) -> Result<AccessToken, Error> {
    let session = service.stores.sessions.find_by_secret(secret.hash(), service.clock.now()).await?;
    sign(service, &session.ok_or(Error::SessionEnded)?).await
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

        let token = exchange_session(&service, secret).await.unwrap();
        assert!(token.expires > service.clock.now());

        let guess = SessionSecret::generate().unwrap();
        assert!(matches!(exchange_session(&service, guess).await, Err(Error::SessionEnded)));
    }
}
