//! Where blobs are kept, as operators say it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use confab_core::Clock;
use secrecy::SecretString;

use super::{
    Algorithm, BlobStore, CloudinaryAccess, CloudinaryStore, LocalStore, Patience, PublicAddress, S3Access,
    S3Store,
};

/// Where blobs can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BlobsKind {
    /// In files in the data folder.
    Local,
    /// In a bucket of S3, or of something that speaks like it.
    S3,
    /// At Cloudinary.
    Cloudinary,
}

/// Settings of the stores of blobs.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct BlobSettings {
    /// Where the bytes of pictures and files are kept
    ///
    /// What is kept already stays where it is: `confab admin media move` copies it.
    #[arg(long, env = "CONFAB_MEDIA_BLOBS", value_name = "KIND", default_value = "local")]
    pub media_blobs: BlobsKind,

    /// The bucket for blobs
    ///
    /// The secret that goes with --media-s3-access-key-id comes from the variable
    /// `CONFAB_MEDIA_S3_SECRET`, or from a file: --media-s3-secret-file. Let the
    /// bucket remove parts of uploads that were given up, after a day.
    #[arg(long, env = "CONFAB_MEDIA_S3_BUCKET", value_name = "NAME")]
    pub media_s3_bucket: Option<String>,

    /// The address of a service that speaks S3, in place of Amazon's own
    #[arg(long, env = "CONFAB_MEDIA_S3_ENDPOINT", value_name = "URL")]
    pub media_s3_endpoint: Option<String>,

    /// The region of the bucket
    #[arg(long, env = "CONFAB_MEDIA_S3_REGION", value_name = "NAME", default_value = "us-east-1")]
    pub media_s3_region: String,

    /// What the names of our objects in the bucket begin with
    ///
    /// Installations that share a bucket need different ones.
    #[arg(long, env = "CONFAB_MEDIA_S3_PREFIX", value_name = "NAME", default_value = "confab")]
    pub media_s3_prefix: String,

    /// The id of the access key for the bucket
    #[arg(long, env = "CONFAB_MEDIA_S3_ACCESS_KEY_ID", value_name = "ID")]
    pub media_s3_access_key_id: Option<String>,

    /// A file with nothing but the secret access key for the bucket in it
    #[arg(long, env = "CONFAB_MEDIA_S3_SECRET_FILE", value_name = "FILE")]
    pub media_s3_secret_file: Option<PathBuf>,

    /// Has browsers load pictures and files from the bucket, at this address, such as `https://s3.example`
    ///
    /// Less goes through the gateway then: it checks the right to a file as always,
    /// and sends whoever has it on to an address that is good for a minute, for
    /// anybody who is given it. Films and sounds that are played still go through it.
    /// Has to be another host than that of Confab, and reached over HTTPS where Confab is.
    #[arg(long, env = "CONFAB_MEDIA_S3_REDIRECT", value_name = "ORIGIN")]
    pub media_s3_redirect: Option<PublicAddress>,

    /// The name of the account at Cloudinary
    ///
    /// The API secret comes from the variable `CONFAB_MEDIA_CLOUDINARY_SECRET`,
    /// or from a file: --media-cloudinary-secret-file.
    #[arg(long, env = "CONFAB_MEDIA_CLOUDINARY_CLOUD", value_name = "NAME")]
    pub media_cloudinary_cloud: Option<String>,

    /// The API key of the account at Cloudinary
    #[arg(long, env = "CONFAB_MEDIA_CLOUDINARY_API_KEY", value_name = "KEY")]
    pub media_cloudinary_api_key: Option<String>,

    /// A file with nothing but the API secret of the account at Cloudinary in it
    #[arg(long, env = "CONFAB_MEDIA_CLOUDINARY_SECRET_FILE", value_name = "FILE")]
    pub media_cloudinary_secret_file: Option<PathBuf>,

    /// The hash that the account at Cloudinary is set to sign with
    #[arg(long, env = "CONFAB_MEDIA_CLOUDINARY_ALGORITHM", value_name = "HASH", default_value = "sha1")]
    pub media_cloudinary_algorithm: Algorithm,

    /// The folder at Cloudinary for our files
    ///
    /// Installations that share an account need different ones.
    #[arg(long, env = "CONFAB_MEDIA_CLOUDINARY_FOLDER", value_name = "NAME", default_value = "confab")]
    pub media_cloudinary_folder: String,

    /// Where calls to Cloudinary go
    #[arg(
        long,
        env = "CONFAB_MEDIA_CLOUDINARY_API_URL",
        value_name = "URL",
        default_value = "https://api.cloudinary.com"
    )]
    pub media_cloudinary_api_url: String,

    /// Where files are loaded from Cloudinary
    #[arg(
        long,
        env = "CONFAB_MEDIA_CLOUDINARY_DELIVERY_URL",
        value_name = "URL",
        default_value = "https://res.cloudinary.com"
    )]
    pub media_cloudinary_delivery_url: String,
}

/// The secrets of the stores. Whoever uses a store needs its own.
#[derive(Clone, Debug, Default)]
pub struct BlobSecrets {
    /// The secret access key for the bucket.
    pub s3: Option<SecretString>,
    /// The API secret of the account at Cloudinary.
    pub cloudinary: Option<SecretString>,
}

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum BlobSettingsError {
    /// Something is not said that has to be.
    #[error("to keep blobs in {store}, {setting} is needed")]
    Needed {
        /// Where blobs would be.
        store: &'static str,
        /// What is not said.
        setting: &'static str,
    },
    /// It is all there, and does not work.
    #[error("blobs cannot be kept in {store}")]
    Unusable {
        /// Where blobs would be.
        store: &'static str,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl BlobSettings {
    /// Opens the store of that `kind`, whichever is in use; local blobs are in `folder`.
    ///
    /// # Errors
    ///
    /// If settings or secrets are missing, or `folder` cannot be used.
    pub fn open(
        &self,
        kind: BlobsKind,
        secrets: &BlobSecrets,
        folder: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn BlobStore>, BlobSettingsError> {
        match kind {
            BlobsKind::Local => {
                let store = LocalStore::open(folder).map_err(|error| unusable("files", error))?;
                Ok(Arc::new(store))
            }
            BlobsKind::S3 => {
                let store = S3Store::new(self.s3(secrets)?, Patience::default());
                Ok(Arc::new(store.map_err(|error| unusable("S3", error))?))
            }
            BlobsKind::Cloudinary => {
                let access = self.cloudinary(secrets)?;
                let store = CloudinaryStore::new(access, Patience::default(), clock);
                Ok(Arc::new(store.map_err(|error| unusable("Cloudinary", error))?))
            }
        }
    }

    /// The origin that browsers load files from beside ours, if there is one.
    #[must_use]
    pub fn other_origin(&self) -> Option<&str> {
        let is_used = self.media_blobs == BlobsKind::S3;
        self.media_s3_redirect.as_ref().filter(|_| is_used).map(PublicAddress::origin)
    }

    fn s3(&self, secrets: &BlobSecrets) -> Result<S3Access, BlobSettingsError> {
        let needed = |setting| BlobSettingsError::Needed { store: "S3", setting };
        Ok(S3Access {
            endpoint: self.media_s3_endpoint.clone(),
            region: self.media_s3_region.clone(),
            bucket: self.media_s3_bucket.clone().ok_or_else(|| needed("--media-s3-bucket"))?,
            prefix: self.media_s3_prefix.clone(),
            access_key_id: (self.media_s3_access_key_id.clone())
                .ok_or_else(|| needed("--media-s3-access-key-id"))?,
            secret_access_key: secrets.s3.clone().ok_or_else(|| needed("CONFAB_MEDIA_S3_SECRET"))?,
            public: self.media_s3_redirect.clone(),
        })
    }

    fn cloudinary(&self, secrets: &BlobSecrets) -> Result<CloudinaryAccess, BlobSettingsError> {
        let needed = |setting| BlobSettingsError::Needed { store: "Cloudinary", setting };
        Ok(CloudinaryAccess {
            cloud: self.media_cloudinary_cloud.clone().ok_or_else(|| needed("--media-cloudinary-cloud"))?,
            api_key: (self.media_cloudinary_api_key.clone())
                .ok_or_else(|| needed("--media-cloudinary-api-key"))?,
            api_secret: (secrets.cloudinary.clone())
                .ok_or_else(|| needed("CONFAB_MEDIA_CLOUDINARY_SECRET"))?,
            algorithm: self.media_cloudinary_algorithm,
            folder: self.media_cloudinary_folder.clone(),
            api_url: self.media_cloudinary_api_url.clone(),
            delivery_url: self.media_cloudinary_delivery_url.clone(),
        })
    }
}

fn unusable(store: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> BlobSettingsError {
    BlobSettingsError::Unusable { store, source: error.into() }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};
    use confab_core::SystemClock;

    use super::*;

    fn parse(args: &[&str]) -> BlobSettings {
        let command = BlobSettings::augment_args(Command::new("media").no_binary_name(true));
        let matches = command.try_get_matches_from(args).unwrap();
        BlobSettings::from_arg_matches(&matches).unwrap()
    }

    #[test]
    fn only_an_origin_is_where_browsers_can_be_sent() {
        for good in ["https://s3.example", "http://127.0.0.1:9000", "https://[::1]:9000"] {
            let settings = parse(&["--media-blobs", "s3", "--media-s3-redirect", good]);
            assert_eq!(settings.other_origin(), Some(good));
            assert_eq!(parse(&["--media-s3-redirect", good]).other_origin(), None, "there is no bucket");
        }
        for bad in [
            "s3.example",
            "https://s3.example/",
            "https://s3.example:443",
            "https://S3.example",
            "ftp://s3.example",
            "https://a@s3.example",
            "https://s3.example; img-src *",
        ] {
            assert!(bad.parse::<PublicAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_store_needs_is_named() {
        let open = |settings: &BlobSettings, kind, secrets: &BlobSecrets| {
            let opened = settings.open(kind, secrets, Path::new("/dev/null/blobs"), Arc::new(SystemClock));
            opened.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let (settings, nothing) = (parse(&[]), BlobSecrets::default());
        assert!(open(&settings, BlobsKind::S3, &nothing).contains("--media-s3-bucket"));
        assert!(open(&settings, BlobsKind::Cloudinary, &nothing).contains("--media-cloudinary-cloud"));
        assert!(open(&settings, BlobsKind::Local, &nothing).contains("files"));

        let settings = parse(&["--media-s3-bucket", "b", "--media-s3-access-key-id", "i"]);
        assert!(open(&settings, BlobsKind::S3, &nothing).contains("CONFAB_MEDIA_S3_SECRET"));
        let secrets = BlobSecrets { s3: Some("secret".into()), cloudinary: None };
        assert_eq!(open(&settings, BlobsKind::S3, &secrets), "");
        assert!(!format!("{settings:?} {secrets:?}").contains("secret\""));
    }
}
