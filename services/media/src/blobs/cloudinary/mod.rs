//! Blobs at Cloudinary, as files that it does not touch and that nobody loads without a signature.
//!
//! ```text
//! signature.rs  how calls and addresses are signed
//! listing.rs    what there is, in its order, which Cloudinary does not keep
//! ```
//!
//! Tried against a stand-in that checks what the documentation says is checked, and
//! compared with Cloudinary's own client; never against Cloudinary itself.
//!
//! # Invariants
//!
//! * A file is sent whole in one call, and the answer is compared with what was sent.
//! * The secret signs, and is sent to the listing alone, which asks for it.
//! * No redirect is followed.

mod listing;
#[cfg(test)]
mod official;
mod signature;
#[cfg(test)]
pub mod stand_in;

use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use confab_core::Clock;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, RANGE};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;

use super::{BlobError, BlobStore, ByteStream, Patience, in_pieces};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

pub use signature::Algorithm;

/// How often a call that failed at their end is made: each is safe to repeat.
const ATTEMPTS_MAX: u32 = 3;
/// How long we wait before the second attempt; before each later one twice as long.
const BACKOFF: Duration = Duration::from_millis(200);
/// The longest answer that is read, in bytes: a page of a listing.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Files that are kept as they are.
const RESOURCE_TYPE: &str = "raw";
/// Files that are loaded by signed addresses only.
const DELIVERY_TYPE: &str = "authenticated";

/// Which account, and how to get in.
#[derive(Clone, Debug)]
pub struct CloudinaryAccess {
    /// The name of the account.
    pub cloud: String,
    /// Who we are.
    pub api_key: String,
    /// How we prove it.
    pub api_secret: SecretString,
    /// How the account signs.
    pub algorithm: Algorithm,
    /// What the names of our files begin with.
    pub folder: String,
    /// Where calls go.
    pub api_url: String,
    /// Where files are loaded from.
    pub delivery_url: String,
}

/// Keeps blobs at Cloudinary.
#[derive(Clone)]
pub struct CloudinaryStore {
    access: Arc<CloudinaryAccess>,
    client: Client,
    patience: Patience,
    clock: Arc<dyn Clock>,
}

impl CloudinaryStore {
    /// The store that `access` leads to. It is not called yet.
    ///
    /// # Errors
    ///
    /// If the system has no certificates to trust.
    pub fn new(
        access: CloudinaryAccess,
        patience: Patience,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BlobError> {
        let client = patience.client().map_err(|source| unavailable("set up Cloudinary", source))?;
        Ok(Self { access: Arc::new(access), client, patience, clock })
    }

    fn public_id(&self, key: &BlobKey) -> String {
        format!("{}/{key}", self.access.folder)
    }

    /// The address of a call, such as `upload`.
    fn call(&self, action: &str) -> String {
        let CloudinaryAccess { api_url, cloud, .. } = &*self.access;
        format!("{api_url}/v1_1/{cloud}/{RESOURCE_TYPE}/{action}")
    }

    /// The address that a file is loaded from.
    fn address(&self, key: &BlobKey) -> String {
        let CloudinaryAccess { delivery_url, cloud, api_secret, algorithm, .. } = &*self.access;
        let source = self.public_id(key);
        let signature = signature::of_address(&source, api_secret, *algorithm);
        format!("{delivery_url}/{cloud}/{RESOURCE_TYPE}/{DELIVERY_TYPE}/{signature}/{source}")
    }

    /// What a call says, with everything that proves that it is ours and is made now.
    fn signed(&self, mut parameters: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        parameters.push(("timestamp", self.clock.now().as_seconds().to_string()));
        let signature = signature::of_call(&parameters, &self.access.api_secret, self.access.algorithm);
        parameters.extend([("signature", signature), ("api_key", self.access.api_key.clone())]);
        if self.access.algorithm == Algorithm::Sha256 {
            parameters.push(("signature_algorithm", "sha256".to_owned()));
        }
        parameters
    }

    async fn upload(&self, file: &SpooledFile) -> Result<Uploaded, BlobError> {
        let answer = self.attempts(PUTTING, || {
            let body = File::open(&file.path).map_err(|source| unavailable(PUTTING, source))?;
            let part = Part::stream_with_length(tokio::fs::File::from_std(body), file.size).file_name("blob");
            let parameters = self.signed(vec![
                ("public_id", self.public_id(&file.key)),
                ("type", DELIVERY_TYPE.to_owned()),
                // Whoever comes second is told what is there.
                ("overwrite", "false".to_owned()),
            ]);
            let form = parameters.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
            Ok(self.client.post(self.call("upload")).multipart(form.part("file", part)))
        });
        self.read_json(PUTTING, answer.await?).await
    }

    /// Makes a call, again if it failed at their end, and returns what was answered to the last.
    async fn attempts(
        &self,
        task: &'static str,
        request: impl Fn() -> Result<RequestBuilder, BlobError> + Send + Sync,
    ) -> Result<Response, BlobError> {
        let mut attempt = 1;
        loop {
            let answer = self.patience.wait(task, request()?.send()).await;
            let is_last = attempt == ATTEMPTS_MAX;
            match answer {
                Ok(Ok(answer)) if !is_theirs(answer.status()) => return Ok(answer),
                Ok(Ok(answer)) if is_last => return Err(refused(task, answer.status())),
                // The address has a signature in it.
                Ok(Err(error)) if is_last => return Err(unavailable(task, error.without_url())),
                Err(late) if is_last => return Err(late),
                Ok(_) | Err(_) => tokio::time::sleep(BACKOFF * 2_u32.pow(attempt - 1)).await,
            }
            attempt += 1;
        }
    }

    /// Reads what was answered, which is not long.
    async fn read_json<T: for<'de> Deserialize<'de>>(
        &self,
        task: &'static str,
        answer: Response,
    ) -> Result<T, BlobError> {
        self.patience.wait(task, read_json(task, answer)).await?
    }

    /// Asks for a file, or for what is known of it. Nothing if there is none.
    async fn load(
        &self,
        task: &'static str,
        request: impl Fn() -> Result<RequestBuilder, BlobError> + Send + Sync,
    ) -> Result<Option<Response>, BlobError> {
        let answer = self.attempts(task, request).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(Some(answer)),
            status => Err(refused(task, status)),
        }
    }
}

/// What Cloudinary says of a file that it has got.
#[derive(Debug, Deserialize)]
struct Uploaded {
    public_id: String,
    bytes: u64,
}

/// What Cloudinary says of a file that is to go.
#[derive(Debug, Deserialize)]
struct Destroyed {
    result: String,
}

#[async_trait]
impl BlobStore for CloudinaryStore {
    async fn put(&self, file: &SpooledFile) -> Result<(), BlobError> {
        let length =
            tokio::fs::metadata(&file.path).await.map_err(|source| unavailable(PUTTING, source))?.len();
        if length != file.size {
            let changed = io::Error::new(ErrorKind::InvalidData, "the file is not what it was");
            return Err(unavailable(PUTTING, changed));
        }
        let uploaded = self.upload(file).await?;
        if uploaded.public_id == self.public_id(&file.key) && uploaded.bytes == file.size {
            return Ok(());
        }
        let detail = "the store keeps something else than it was sent".to_owned();
        Err(BlobError::Corrupt { task: PUTTING, detail })
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let task = "find a blob";
        let head = self.load(task, || Ok(self.client.head(self.address(key)))).await?;
        let Some(head) = head else { return Ok(None) };
        let length = head.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let detail = || "the store does not say how long a blob is".to_owned();
        length.map(Some).ok_or_else(|| BlobError::Corrupt { task, detail: detail() })
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        if range.is_empty() {
            self.size(key).await?.ok_or(BlobError::Missing { key: *key })?;
            return Ok(Box::pin(stream::empty()));
        }
        let wanted = format!("bytes={}-{}", range.start, range.end - 1);
        let request = || Ok(self.client.get(self.address(key)).header(RANGE, &wanted));
        let answer = self.load(READING, request).await?.ok_or(BlobError::Missing { key: *key })?;
        let got = answer.headers().get(CONTENT_RANGE).and_then(|got| got.to_str().ok()).unwrap_or_default();
        let expected = format!("bytes {}-{}/", range.start, range.end - 1);
        if answer.status() != StatusCode::PARTIAL_CONTENT || !got.starts_with(&expected) {
            let detail = format!("the store answered with another part than bytes {range:?}");
            return Err(BlobError::Corrupt { task: READING, detail });
        }
        Ok(Box::pin(whole(answer.bytes_stream(), range.end - range.start)))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let task = "erase a blob";
        let answer = self.attempts(task, || {
            let parameters = self.signed(vec![
                ("public_id", self.public_id(key)),
                ("type", DELIVERY_TYPE.to_owned()),
                // Also from the caches near its readers.
                ("invalidate", "true".to_owned()),
            ]);
            Ok(self.client.post(self.call("destroy")).multipart(
                parameters.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value)),
            ))
        });
        let destroyed: Destroyed = self.read_json(task, answer.await?).await?;
        match destroyed.result.as_str() {
            "ok" | "not found" => Ok(()),
            other => Err(BlobError::Corrupt { task, detail: format!("the store answered: {other}") }),
        }
    }

    async fn list(&self, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobKey>, BlobError> {
        self.list_sorted(after, limit).await
    }
}

const PUTTING: &str = "keep a blob";
const READING: &str = "read a blob";

fn is_theirs(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

async fn read_json<T: for<'de> Deserialize<'de>>(
    task: &'static str,
    answer: Response,
) -> Result<T, BlobError> {
    if answer.status() != StatusCode::OK {
        return Err(refused(task, answer.status()));
    }
    let mut bytes = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        bytes.extend(piece.map_err(|error| unavailable(task, error.without_url()))?);
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(BlobError::Corrupt { task, detail: "the answer of the store has no end".to_owned() });
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| BlobError::Corrupt { task, detail: error.to_string() })
}

/// The bytes of an answer in pieces, of which there are as many as were asked for.
fn whole(
    bytes: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
    length: u64,
) -> impl Stream<Item = Result<Bytes, BlobError>> + Send {
    let pieces = bytes.map_err(|error| unavailable(READING, error.without_url()));
    let pieces = pieces.map_ok(in_pieces).try_flatten();
    stream::try_unfold((Box::pin(pieces), length), |(mut pieces, left)| async move {
        match pieces.try_next().await? {
            Some(piece) => {
                let left = left.checked_sub(piece.len() as u64).ok_or_else(other_length)?;
                Ok(Some((piece, (pieces, left))))
            }
            None if left == 0 => Ok(None),
            None => Err(other_length()),
        }
    })
}

fn other_length() -> BlobError {
    BlobError::Corrupt { task: READING, detail: "the store sent more or less than it said".to_owned() }
}

fn refused(task: &'static str, status: StatusCode) -> BlobError {
    unavailable(task, io::Error::other(format!("Cloudinary answered {status}")))
}

fn unavailable(task: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> BlobError {
    BlobError::Unavailable { task, source: source.into() }
}
