//! The way to push services, known there by the key of this installation.

use anyhow::Context;
use confab_message::{Outside, PushKey, PushSwitch};

use crate::config::Settings;
use crate::keys::KeyFolder;
use crate::secrets;

/// Opens the way that `settings` say, with a key of theirs or one in `keys`; none if nothing is to be pushed.
pub fn way(settings: &Settings, keys: &KeyFolder) -> anyhow::Result<Outside> {
    if settings.message.push.push == PushSwitch::Off {
        return Ok(Outside::default());
    }
    let configured = secrets::read(secrets::PUSH_KEY, settings.push_key_file.as_deref())?;
    let key = match configured {
        Some(text) => PushKey::from_pem(&text).context("the key for web push")?,
        None => keys.push_key()?,
    };
    Ok(Outside::open(&settings.message.push, key).unwrap_or_else(|error| {
        // A bare machine: everything else goes on, and clients are told that nothing is pushed.
        tracing::warn!(error = &error as &dyn std::error::Error, "push services cannot be called");
        Outside::default()
    }))
}
