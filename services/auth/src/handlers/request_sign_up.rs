//! `AuthService.RequestSignUp`.

use super::post;
use crate::domain::{AddressPrefix, Email, Letter, LetterKind};
use crate::error::Error;
use crate::service::AuthService;

/// Has a letter sent to `email` that lets its reader sign up with it. Whether it has an
/// account is found out when the letter is sent, and said in there, so that nobody can
/// tell by the answer or by the time it takes.
pub async fn request_sign_up(
    service: &AuthService,
    network: Option<AddressPrefix>,
    email: Email,
) -> Result<(), Error> {
    service.limits.count_letter(network.as_ref())?;
    post(service, Letter::new(LetterKind::SignUp, email, service.clock.now())).await
}
