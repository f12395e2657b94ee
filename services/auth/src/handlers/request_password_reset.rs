//! `AuthService.RequestPasswordReset`.

use super::post;
use crate::domain::{AddressPrefix, Email, Letter, LetterKind};
use crate::error::Error;
use crate::service::AuthService;

/// Has a letter sent to `email` that lets its reader set a new password, if it
/// has an account. That is found out when it is sent, so that nobody can tell by
/// the answer or by the time it takes.
pub async fn request_password_reset(
    service: &AuthService,
    network: Option<AddressPrefix>,
    email: Option<Email>,
) -> Result<(), Error> {
    service.limits.count_letter(network.as_ref())?;
    match email {
        Some(email) => {
            post(service, Letter::new(LetterKind::ResetPassword, email, service.clock.now())).await
        }
        // What is no address belongs to nobody.
        None => service.require_mail(),
    }
}
