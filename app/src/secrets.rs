//! Secrets: from the environment or from a file it names, never from a flag.
//!
//! Flags can be read by everybody on the machine (`ps`), and a configuration
//! file is shown to others sooner or later.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use confab_media::blobs::{BlobSecrets, BlobSettings};
use secrecy::SecretString;

/// Where MongoDB is, and the password for it.
pub const MONGODB_URL: &str = "CONFAB_MONGODB_URL";

/// The key that services prove themselves to each other with.
pub const SERVICE_KEY: &str = "CONFAB_SERVICE_KEY";

/// What we prove to NATS who we are with.
pub const BUS_CREDENTIALS: &str = "CONFAB_BUS_CREDENTIALS";

/// What we log in to the mail server with.
pub const SMTP_PASSWORD: &str = "CONFAB_SMTP_PASSWORD";

/// Where the MongoDB is that accounts are taken over from, and the password for it.
pub const IMPORT_MONGODB_URL: &str = "CONFAB_IMPORT_MONGODB_URL";

/// What we prove to S3 who we are with.
pub const MEDIA_S3_SECRET: &str = "CONFAB_MEDIA_S3_SECRET";

/// What we sign with at Cloudinary.
pub const MEDIA_CLOUDINARY_SECRET: &str = "CONFAB_MEDIA_CLOUDINARY_SECRET";

/// The key that push services know us by.
pub const PUSH_KEY: &str = "CONFAB_PUSH_KEY";

/// Every variable that holds a secret.
pub const VARIABLES: [&str; 8] = [
    MONGODB_URL,
    BUS_CREDENTIALS,
    SERVICE_KEY,
    SMTP_PASSWORD,
    IMPORT_MONGODB_URL,
    MEDIA_S3_SECRET,
    MEDIA_CLOUDINARY_SECRET,
    PUSH_KEY,
];

/// Reads what the stores of blobs need.
///
/// # Errors
///
/// As [`read`].
pub fn of_blobs(settings: &BlobSettings) -> anyhow::Result<BlobSecrets> {
    Ok(BlobSecrets {
        s3: read(MEDIA_S3_SECRET, settings.media_s3_secret_file.as_deref())?,
        cloudinary: read(MEDIA_CLOUDINARY_SECRET, settings.media_cloudinary_secret_file.as_deref())?,
    })
}

/// Reads the secret in the environment variable `variable`, or else in `file`.
///
/// # Errors
///
/// If both are given, since one of them would be ignored in silence, or if the
/// file cannot be read.
pub fn read(variable: &str, file: Option<&Path>) -> anyhow::Result<Option<SecretString>> {
    match (env::var_os(variable), file) {
        (Some(_), Some(_)) => bail!("{variable} and {variable}_FILE are both set; one of them has to go"),
        (Some(secret), None) => {
            let secret =
                secret.into_string().ok().with_context(|| format!("{variable} is not valid UTF-8"))?;
            Ok(Some(secret.into()))
        }
        (None, Some(path)) => read_file(path).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads a secret that is alone in its file. An editor's last line end is not part of it.
///
/// # Errors
///
/// If the file cannot be read.
pub fn read_file(path: &Path) -> anyhow::Result<SecretString> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read the secret in {}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
