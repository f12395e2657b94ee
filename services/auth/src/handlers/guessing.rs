//! Lets a password or a code be compared, if it was not tried too often.

use crate::domain::{GuessKey, Guesses, Kept, NoMoreGuesses, Password, PasswordHash};
use crate::error::Error;
use crate::service::AuthService;

/// How often we try to count a try while others are counted. Nobody who is let
/// through has more rivals than there are tries that need not wait.
const COUNT_ATTEMPTS_MAX: u32 = 2 * Guesses::FREE_COUNT;

/// Tells whether `password` is the one that `hash` was made from. Counts that for
/// `key` before it is done, so that no more are compared than may be, and forgets
/// the count if it is.
///
/// # Errors
///
/// [`Error::TooManyGuesses`] if there were too many wrong ones, [`Error::TooManyRequests`]
/// if there were too many at all; then nothing is compared.
pub async fn verify(
    service: &AuthService,
    key: GuessKey,
    password: Password,
    hash: Option<PasswordHash>,
) -> Result<bool, Error> {
    service.limits.count_comparison(key)?;
    let kept = if hash.is_some() { Kept::ForGood } else { Kept::ForADay };
    let (before, counted) = count(service, key, kept).await?;
    match service.hasher.verify(password, hash).await {
        Ok(true) => {
            service.stores.guesses.clear(key).await?;
            Ok(true)
        }
        Ok(false) => Ok(false),
        Err(error) => {
            // Nothing was compared. If that cannot be taken back, because there
            // was another try since or the store is away, it counts.
            service.stores.guesses.replace(key, Some(counted), before).await?;
            Err(error)
        }
    }
}

/// Counts a try of a code for `key`, which is cheap to compare: if it fails for
/// another reason, it counts all the same.
///
/// # Errors
///
/// [`Error::TooManyGuesses`] if there were too many; then nothing may be compared.
pub async fn count_code(service: &AuthService, key: GuessKey) -> Result<(), Error> {
    count(service, key, Kept::ForGood).await.map(drop)
}

/// Counts one more try, and returns what counted before and what counts now.
async fn count(
    service: &AuthService,
    key: GuessKey,
    kept: Kept,
) -> Result<(Option<Guesses>, Guesses), Error> {
    for _ in 0..COUNT_ATTEMPTS_MAX {
        let before = service.stores.guesses.find(key).await?;
        let counted = Guesses::one_more(before, kept, service.clock.now())?;
        if service.stores.guesses.replace(key, before, Some(counted)).await? {
            return Ok((before, counted));
        }
    }
    Err(Error::Busy)
}

impl From<NoMoreGuesses> for Error {
    fn from(refused: NoMoreGuesses) -> Self {
        Self::TooManyGuesses {
            wait: match refused {
                NoMoreGuesses::Wait(wait) => Some(wait),
                NoMoreGuesses::Closed => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::Hasher;
    use crate::service::testing::{join, test_service};

    #[tokio::test]
    async fn what_was_not_compared_does_not_count() {
        let (mut service, _folder) = test_service().await;
        let (account, _) = join(&service).await;
        let found = service.stores.users.find_by_email(&account.email).await.unwrap();
        let (key, (_, hash)) = (GuessKey::of_email(&account.email), found.unwrap());
        let wrong = || verify(&service, key, Password::claimed("wrong"), Some(hash.clone()));
        assert!(!wrong().await.unwrap());
        let counted = service.stores.guesses.find(key).await.unwrap();
        assert_eq!(counted.unwrap().total, 1);

        service.hasher = Hasher::full();
        for _ in 0..2 * Guesses::FREE_COUNT {
            let refused = verify(&service, key, Password::claimed("wrong"), Some(hash.clone())).await;
            assert!(matches!(refused, Err(Error::Busy)));
        }
        assert_eq!(service.stores.guesses.find(key).await.unwrap(), counted);
    }
}
