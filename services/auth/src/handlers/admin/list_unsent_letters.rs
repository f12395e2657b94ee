//! `AdminService.ListUnsentLetters`.

use super::{Authority, require_admin};
use crate::domain::Letter;
use crate::error::Error;
use crate::service::AuthService;

/// How many letters are shown: enough to see what is wrong. The contract names it too.
const SHOWN_MAX: usize = 100;

/// Letters that wait to be sent.
#[derive(Debug)]
pub struct UnsentLetters {
    /// The first of them.
    pub letters: Vec<Letter>,
    /// How many there are.
    pub count: usize,
}

/// Returns the letters that wait to be sent.
pub async fn list_unsent_letters(
    service: &AuthService,
    authority: Authority,
) -> Result<UnsentLetters, Error> {
    require_admin(service, authority).await?;
    let (letters, count) = service.stores.letters.list_unsent(SHOWN_MAX).await?;
    Ok(UnsentLetters { letters, count })
}
