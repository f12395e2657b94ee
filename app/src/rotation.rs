//! The signing key, changed while the program runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use confab_auth::{KeyRotation, SigningKey};
use confab_core::{Clock, Timestamp};
use tokio::time::sleep;

use crate::config::Settings;
use crate::keys::KeyFolder;

/// How often we look whether there is another key, and how old ours is.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// Signs with the key in `keys`, whoever puts a new one there, and puts one there
/// itself when it is older than `age_max`. Goes on for ever.
pub async fn keep_fresh(keys: KeyFolder, rotation: KeyRotation, age_max: Duration, clock: Arc<dyn Clock>) {
    loop {
        sleep(LOOK_INTERVAL).await;
        // What we sign with is as good as before, and we try again.
        if let Err(error) = look(&keys, &rotation, age_max, &*clock).await {
            tracing::warn!("the signing key cannot be changed: {error:#}");
        }
    }
}

async fn look(
    keys: &KeyFolder,
    rotation: &KeyRotation,
    age_max: Duration,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let key = key_at(keys, age_max, clock.now())?;
    Ok(rotation.sign_with(key).await?)
}

/// The key in `keys`, or a new one in its place if at `now` it is older than `age_max`.
fn key_at(keys: &KeyFolder, age_max: Duration, now: Timestamp) -> anyhow::Result<SigningKey> {
    let written = keys.signing_key_written().context("cannot tell how old the key is")?;
    if now.since(Timestamp::from_millis(written)) > age_max {
        keys.rotate_signing_key()
    } else {
        keys.signing_key()
    }
}

/// `confab admin rotate-keys`: puts a new key in the place of the old one.
///
/// # Errors
///
/// If there is no folder for it, or it cannot be written.
pub fn rotate(settings: &Settings) -> anyhow::Result<String> {
    let key = KeyFolder::open(&settings.data)?.rotate_signing_key()?;
    let (id, seconds) = (key.id(), LOOK_INTERVAL.as_secs());
    Ok(format!(
        "The new signing key is {id}.\n\
         An auth service that runs with this data folder takes it up within {seconds} seconds.\n\
         What the old key has signed holds for ten minutes more.\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_too_old_is_replaced_and_kept_until_then() {
        let (data, age_max) = (tempfile::tempdir().unwrap(), Duration::from_hours(24 * 90));
        let keys = KeyFolder::open(data.path()).unwrap();
        let first = keys.signing_key().unwrap();
        let end = Timestamp::from_millis(keys.signing_key_written().unwrap()).plus(age_max);
        assert_eq!(key_at(&keys, age_max, end).unwrap().id(), first.id());

        let next = key_at(&keys, age_max, end.plus(Duration::from_secs(1))).unwrap();
        assert_ne!(next.id(), first.id());
        let kept = key_at(&keys, age_max, Timestamp::from_millis(keys.signing_key_written().unwrap()));
        assert_eq!(kept.unwrap().id(), next.id(), "once is enough");
    }
}
