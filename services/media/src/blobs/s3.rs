//! Blobs in a bucket of S3, or of something that speaks like it.
//!
//! # Invariants
//!
//! * A blob is put whole or not at all: large ones go in parts, which are put
//!   together at the end, or given up.
//! * `put` has seen that the store keeps what it was sent.
//! * No redirect is followed.
//! * Addresses for browsers are made only if there is one at which they reach the
//!   bucket, and tell nothing of the type that anybody else says.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum};
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutResult, RetryConfig,
};
use reqwest::header::CONTENT_RANGE;
use reqwest::{Client, Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::sleep;

use super::{ADDRESS_TIME, BlobError, BlobStore, ByteStream, Patience, Served, in_pieces};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// What is sent at once. All parts but the last have at least 5 MiB, says S3.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// How often a file is put whose store keeps something else then, and how long after another; each time longer.
const PUTS_MAX: u32 = 4;
const PUT_PAUSE: Duration = Duration::from_millis(100);
/// How often a request that is safe to repeat is repeated.
const RETRIES_MAX: usize = 3;
/// How long all of them may take.
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);

/// What browsers are told of a file that they load from the bucket: it is for one
/// person, and its address is another one next time.
const CACHING: &str = "private, max-age=60";

/// Where the bucket is, and how to get in.
#[derive(Clone, Debug)]
pub struct S3Access {
    /// The address of the service, such as `https://minio.example:9000`; none for Amazon's own.
    pub endpoint: Option<String>,
    /// The region of the bucket.
    pub region: String,
    /// Its name.
    pub bucket: String,
    /// What the names of our objects begin with.
    pub prefix: String,
    /// Who we are.
    pub access_key_id: String,
    /// How we prove it.
    pub secret_access_key: SecretString,
    /// Where browsers reach the bucket, if they are to load files from there.
    pub public: Option<PublicAddress>,
}

/// The origin at which browsers reach a service that speaks S3, such as `https://s3.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress(String);

impl PublicAddress {
    /// The origin, as browsers compare it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0
    }
}

impl FromStr for PublicAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_origin = Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
        });
        if is_origin {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "must look like https://s3.example, in small letters, with nothing behind the host and a port that is not the usual one",
            )
        }
    }
}

/// Keeps blobs in a bucket.
#[derive(Clone, Debug)]
pub struct S3Store {
    bucket: Arc<AmazonS3>,
    /// The same, at the address where browsers reach it.
    public: Option<Arc<AmazonS3>>,
    prefix: Path,
    patience: Patience,
}

impl S3Store {
    /// The store that `access` leads to. It is not called yet.
    ///
    /// # Errors
    ///
    /// If the settings make no sense.
    pub fn new(access: S3Access, patience: Patience) -> Result<Self, BlobError> {
        let task = "set up S3";
        let client = patience.client().map_err(|source| unavailable(task, source))?;
        let open = |endpoint: Option<&str>| {
            let bucket = builder(&access, &client, patience, endpoint).build();
            bucket.map(Arc::new).map_err(|source| unavailable(task, source))
        };
        let bucket = open(access.endpoint.as_deref())?;
        let public = access.public.as_ref().map(|public| open(Some(public.origin()))).transpose()?;
        Ok(Self { bucket, public, prefix: Path::from(access.prefix), patience })
    }

    fn path(&self, key: &BlobKey) -> Path {
        self.prefix.clone().join(key.to_string())
    }

    async fn head(&self, task: &'static str, key: &BlobKey) -> Result<Option<ObjectMeta>, BlobError> {
        match self.patience.wait(task, self.bucket.head(&self.path(key))).await? {
            Ok(known) => Ok(Some(known)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(task, error)),
        }
    }

    /// Whether the bytes that are kept are those of `file`: reads all of them.
    async fn is_kept(&self, file: &SpooledFile) -> Result<bool, BlobError> {
        let mut hasher = Sha256::new();
        let mut pieces = self.read(&file.key, 0..file.size).await?;
        while let Some(piece) = pieces.try_next().await? {
            hasher.update(&piece);
        }
        Ok(BlobKey::finish(hasher) == file.key)
    }

    /// Sends `file`, and looks whether that is what is kept then.
    async fn put_once(&self, file: &SpooledFile) -> Result<(), BlobError> {
        let put = match usize::try_from(file.size) {
            Ok(size) if size <= PART_BYTES => self.put_whole(file).await?,
            _ => self.put_in_parts(file).await?,
        };
        let kept = self.head(PUTTING, &file.key).await?.filter(|kept| kept.size == file.size);
        // Not every store has one tag for what came in parts; then its bytes have to tell.
        let is_tagged = kept.as_ref().is_some_and(|kept| kept.e_tag == put.e_tag);
        if is_tagged || kept.is_some() && self.is_kept(file).await? {
            return Ok(());
        }
        let detail = "the store keeps something else than it was sent".to_owned();
        Err(BlobError::Corrupt { task: PUTTING, detail })
    }

    /// Sends `file` at once, which is small enough.
    async fn put_whole(&self, file: &SpooledFile) -> Result<PutResult, BlobError> {
        let bytes = tokio::fs::read(&file.path).await.map_err(|source| unavailable(PUTTING, source))?;
        if bytes.len() as u64 != file.size || BlobKey::of(&bytes) != file.key {
            return Err(changed());
        }
        let sent = self.patience.wait(PUTTING, self.bucket.put(&self.path(&file.key), bytes.into())).await?;
        sent.map_err(|source| unavailable(PUTTING, source))
    }

    /// Sends `file` in parts. When anything goes wrong, the store is told to forget them.
    async fn put_in_parts(&self, file: &SpooledFile) -> Result<PutResult, BlobError> {
        let path = self.path(&file.key);
        let begun = self.patience.wait(PUTTING, self.bucket.put_multipart(&path)).await?;
        let mut upload = begun.map_err(|source| unavailable(PUTTING, source))?;
        let sent = async {
            let mut from = File::open(&file.path).await.map_err(|source| unavailable(PUTTING, source))?;
            let (mut hasher, mut size) = (Sha256::new(), 0);
            loop {
                let part = next_part(&mut from).await.map_err(|source| unavailable(PUTTING, source))?;
                if part.is_empty() {
                    break;
                }
                size += part.len() as u64;
                hasher.update(&part);
                let put = self.patience.wait(PUTTING, upload.put_part(part.into())).await?;
                put.map_err(|source| unavailable(PUTTING, source))?;
            }
            if size != file.size || BlobKey::finish(hasher) != file.key {
                return Err(changed());
            }
            let put = self.patience.wait(PUTTING, upload.complete()).await?;
            put.map_err(|source| unavailable(PUTTING, source))
        };
        let sent = sent.await;
        if sent.is_err() {
            // What cannot be forgotten now goes by the rules of the bucket.
            let _ = self.patience.wait(PUTTING, upload.abort()).await;
        }
        sent
    }
}

#[async_trait]
impl BlobStore for S3Store {
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError> {
        if self.head(PUTTING, &file.key).await?.is_some_and(|known| known.size == file.size) {
            return Ok(());
        }
        // Of several who put the same, one may look while another writes, where a store
        // has not learned to show all of a file or nothing. Putting is safe to repeat.
        for attempt in 1..PUTS_MAX {
            match self.put_once(file).await {
                Err(BlobError::Corrupt { .. }) => sleep(PUT_PAUSE * attempt).await,
                settled => return settled,
            }
            if self.is_kept(file).await.unwrap_or(false) {
                return Ok(());
            }
        }
        self.put_once(file).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.head("find a blob", key).await?.map(|known| known.size))
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        if range.is_empty() {
            self.size(key).await?.ok_or(BlobError::Missing { key: *key })?;
            return Ok(Box::pin(stream::empty()));
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let got = match self.patience.wait(READING, self.bucket.get_opts(&self.path(key), options)).await? {
            Ok(got) => got,
            Err(Error::NotFound { .. }) => return Err(BlobError::Missing { key: *key }),
            Err(error) => return Err(unavailable(READING, error)),
        };
        if got.range != range {
            let detail = format!("the store answered with {:?} in place of {range:?}", got.range);
            return Err(BlobError::Corrupt { task: READING, detail });
        }
        let bytes = got.into_stream().map_err(|source| unavailable(READING, source));
        Ok(Box::pin(bytes.map_ok(in_pieces).try_flatten()))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let task = "erase a blob";
        match self.patience.wait(task, self.bucket.delete(&self.path(key))).await? {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(task, error)),
        }
    }

    async fn address(&self, key: &BlobKey, served: &Served) -> Result<Option<String>, BlobError> {
        let Some(public) = &self.public else { return Ok(None) };
        // What was put has neither type nor name: they are part of what is signed.
        let said = SignedUrlOptions::default().with_query([
            ("response-cache-control", CACHING),
            ("response-content-disposition", &served.disposition),
            ("response-content-type", served.content_type.mime()),
        ]);
        let signed = public.signed_url_opts(Method::GET, &self.path(key), ADDRESS_TIME, &said).await;
        Ok(Some(signed.map_err(|source| unavailable("sign an address", source))?.into()))
    }

    async fn list(&self, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobKey>, BlobError> {
        let task = "list blobs";
        let objects = match after {
            Some(after) => self.bucket.list_with_offset(Some(&self.prefix), &self.path(after)),
            None => self.bucket.list(Some(&self.prefix)),
        };
        let keys = objects.try_filter_map(|object| async move {
            // What else lies there is none of ours.
            Ok(object.location.filename().and_then(|name| name.parse::<BlobKey>().ok()))
        });
        let keys = self.patience.wait(task, keys.take(limit).try_collect()).await?;
        keys.map_err(|source| unavailable(task, source))
    }
}

/// How the bucket is reached at `endpoint`; at Amazon's own if there is none.
fn builder(
    access: &S3Access,
    client: &Client,
    patience: Patience,
    endpoint: Option<&str>,
) -> AmazonS3Builder {
    let is_plain = endpoint.is_some_and(|url| url.starts_with("http://"));
    let builder = AmazonS3Builder::new()
        .with_bucket_name(&access.bucket)
        .with_region(&access.region)
        .with_access_key_id(&access.access_key_id)
        .with_secret_access_key(access.secret_access_key.expose_secret())
        // The name of the bucket in the path: what everybody but Amazon expects.
        .with_virtual_hosted_style_request(false)
        // The service compares what came with what we say we sent.
        .with_checksum_algorithm(Checksum::SHA256)
        .with_allow_http(is_plain)
        .with_client_options(ClientOptions::new().with_allow_http(is_plain))
        .with_http_connector(WithoutRedirects { client: client.clone() })
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_TIMEOUT.min(patience.call),
        });
    match endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint),
        None => builder,
    }
}

const PUTTING: &str = "keep a blob";
const READING: &str = "read a blob";

/// The next part of `from`; empty at its end.
async fn next_part(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    let mut part = Vec::with_capacity(PART_BYTES);
    from.take(PART_BYTES as u64).read_to_end(&mut part).await?;
    Ok(part.into())
}

fn changed() -> BlobError {
    unavailable(PUTTING, io::Error::new(ErrorKind::InvalidData, "the file is not what it was"))
}

fn unavailable(task: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> BlobError {
    BlobError::Unavailable { task, source: source.into() }
}

/// Has the store called by a client that follows no redirect, and mends the
/// answers of stores that send a part, say which, and do not call it one.
#[derive(Debug)]
struct WithoutRedirects {
    client: reqwest::Client,
}

impl HttpConnector for WithoutRedirects {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Self { client: self.client.clone() }))
    }
}

#[async_trait]
impl HttpService for WithoutRedirects {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.client.call(request).await?;
        if answer.status() == StatusCode::OK && answer.headers().contains_key(CONTENT_RANGE) {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        Ok(answer)
    }
}
