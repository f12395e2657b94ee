//! Stores elsewhere that fail, lie, are silent or point somewhere else: no
//! false success comes of it, and nobody goes where they point.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use confab_core::SystemClock;

use super::cloudinary::stand_in::{Fault, StandIn};
use super::{BlobError, BlobStore, CloudinaryStore, Patience, S3Access, S3Store};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// How long those are waited for that fail anyway.
const PATIENCE: Patience = Patience { silence: Duration::from_millis(300), call: Duration::from_secs(1) };

/// The largest part that is put.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What somebody who answers for S3 does.
#[derive(Clone, Copy, Debug)]
enum S3Fault {
    Fails,
    /// Fails the first time that something is put, and answers well from then on.
    FailsOnce,
    /// Takes all parts of something large, and fails when it is to put them together.
    FailsAtTheEnd,
    /// Says nothing at all.
    IsSilent,
    SaysAnotherEtag,
    KeepsLess,
    Redirects,
}

/// What S3 says to somebody who begins to send parts.
const BEGUN: &str = "<InitiateMultipartUploadResult><Bucket>blobs</Bucket><Key>x</Key>\
                     <UploadId>parts</UploadId></InitiateMultipartUploadResult>";

#[derive(Clone)]
struct Answers {
    fault: S3Fault,
    puts: Arc<AtomicUsize>,
    forgotten: Arc<AtomicUsize>,
    inner_calls: Arc<AtomicUsize>,
}

async fn answer(State(answers): State<Answers>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    if request.uri.path().starts_with("/inner") {
        answers.inner_calls.fetch_add(1, Ordering::Relaxed);
        return StatusCode::OK.into_response();
    }
    let is_put = request.method == Method::PUT;
    let was_put = answers.puts.load(Ordering::Relaxed) > 0;
    if is_put {
        answers.puts.fetch_add(1, Ordering::Relaxed);
        // All of it first: whoever is answered before would complain.
        axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    }
    let kept = |etag: &str, length: &str| {
        let headers = [
            ("etag", etag.to_owned()),
            ("content-length", length.to_owned()),
            ("last-modified", "Sat, 28 Nov 2026 08:00:00 GMT".to_owned()),
        ];
        (StatusCode::OK, headers).into_response()
    };
    match answers.fault {
        S3Fault::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        S3Fault::IsSilent => std::future::pending().await,
        S3Fault::Redirects => (StatusCode::TEMPORARY_REDIRECT, [("location", "/inner")]).into_response(),
        S3Fault::FailsOnce if is_put && !was_put => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        S3Fault::FailsAtTheEnd if request.method == Method::DELETE => {
            answers.forgotten.fetch_add(1, Ordering::Relaxed);
            StatusCode::NO_CONTENT.into_response()
        }
        S3Fault::FailsAtTheEnd if request.method == Method::POST => match request.uri.query() {
            Some("uploads" | "uploads=") => BEGUN.into_response(),
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        _ if is_put => (StatusCode::OK, [("etag", "\"one\"")]).into_response(),
        _ if !was_put => StatusCode::NOT_FOUND.into_response(),
        S3Fault::FailsOnce | S3Fault::FailsAtTheEnd => kept("\"one\"", "10"),
        S3Fault::SaysAnotherEtag => kept("\"another\"", "10"),
        S3Fault::KeepsLess => kept("\"one\"", "9"),
    }
}

async fn s3_that(fault: S3Fault, patience: Patience) -> (S3Store, Answers) {
    let answers =
        Answers { fault, puts: Arc::default(), forgotten: Arc::default(), inner_calls: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    let router = Router::new().fallback(answer).with_state(answers.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let access = S3Access {
        endpoint,
        region: "us-east-1".to_owned(),
        bucket: "blobs".to_owned(),
        prefix: "confab".to_owned(),
        access_key_id: "id".to_owned(),
        secret_access_key: "secret".into(),
        public: None,
    };
    (S3Store::new(access, patience).unwrap(), answers)
}

/// Whether `store` says that it failed, whatever it is asked.
async fn fails_at_everything(store: &dyn BlobStore, name: &str) {
    let key = BlobKey::of(b"ten bytes!");
    let reading = async { store.read(&key, 0..10).await.map(drop) };
    let (put, size, read, deleted, listed) =
        tokio::join!(put(store), store.size(&key), reading, store.delete(&key), store.list(None, 10));
    assert!(put.is_err() && size.is_err() && read.is_err(), "{name}: {put:?} {size:?} {read:?}");
    assert!(deleted.is_err() && listed.is_err(), "{name}: {deleted:?} {listed:?}");
}

async fn put(store: &dyn BlobStore) -> Result<(), BlobError> {
    put_all(store, b"ten bytes!").await
}

async fn put_all(store: &dyn BlobStore, bytes: &[u8]) -> Result<(), BlobError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    store.put(&SpooledFile { path, size: bytes.len() as u64, key: BlobKey::of(bytes) }).await
}

#[tokio::test]
async fn an_s3_that_fails_or_points_elsewhere_is_unavailable() {
    for fault in [S3Fault::Fails, S3Fault::IsSilent, S3Fault::Redirects] {
        let (store, answers) = s3_that(fault, PATIENCE).await;
        fails_at_everything(&store, &format!("{fault:?}")).await;
        assert_eq!(answers.inner_calls.load(Ordering::Relaxed), 0, "it was followed");
    }
}

#[tokio::test]
async fn an_s3_that_keeps_something_else_is_found_out() {
    for fault in [S3Fault::SaysAnotherEtag, S3Fault::KeepsLess] {
        let (store, _) = s3_that(fault, PATIENCE).await;
        // What it gives is not what it was sent either.
        assert!(put(&store).await.is_err(), "{fault:?}");
    }
}

#[tokio::test]
async fn what_fails_once_is_tried_again() {
    let (store, answers) = s3_that(S3Fault::FailsOnce, Patience::default()).await;
    put(&store).await.unwrap();
    assert_eq!(answers.puts.load(Ordering::Relaxed), 2);

    let stand_in = StandIn::start(Some(Fault::FailsOnce)).await;
    let (access, patience) = (stand_in.access.clone(), Patience::default());
    let store = CloudinaryStore::new(access, patience, Arc::new(SystemClock)).unwrap();
    put(&store).await.unwrap();
    assert_eq!(stand_in.kept().len(), 1);
}

#[tokio::test]
async fn an_s3_that_does_not_put_parts_together_is_unavailable_and_told_to_forget_them() {
    let (store, answers) = s3_that(S3Fault::FailsAtTheEnd, Patience::default()).await;
    // Two parts, of eight megabytes and of one.
    let failed = put_all(&store, &vec![b'a'; 9 * 1024 * 1024]).await;
    assert!(matches!(failed, Err(BlobError::Unavailable { .. })), "{failed:?}");
    assert_eq!((answers.puts.load(Ordering::Relaxed), answers.forgotten.load(Ordering::Relaxed)), (2, 1));
}

#[tokio::test]
async fn a_cloudinary_that_fails_or_points_elsewhere_is_unavailable() {
    for fault in [Fault::Fails, Fault::IsSilent, Fault::Dawdles, Fault::Redirects] {
        let stand_in = StandIn::start(Some(fault)).await;
        let store = CloudinaryStore::new(stand_in.access.clone(), PATIENCE, Arc::new(SystemClock)).unwrap();
        fails_at_everything(&store, &format!("{fault:?}")).await;
        assert_eq!(stand_in.inner_calls(), 0, "it was followed");
    }
}

#[tokio::test]
async fn a_cloudinary_that_lies_is_found_out() {
    let lying = StandIn::start(Some(Fault::Lies)).await;
    let store = CloudinaryStore::new(lying.access, Patience::default(), Arc::new(SystemClock)).unwrap();
    assert!(matches!(put(&store).await, Err(BlobError::Corrupt { .. })));

    let careless = StandIn::start(Some(Fault::IgnoresRanges)).await;
    let store = CloudinaryStore::new(careless.access, Patience::default(), Arc::new(SystemClock)).unwrap();
    put(&store).await.unwrap();
    let read = store.read(&BlobKey::of(b"ten bytes!"), 2..4).await;
    assert!(matches!(read, Err(BlobError::Corrupt { .. })));
}

#[tokio::test]
async fn a_call_to_cloudinary_is_good_for_an_hour_and_for_nobody_else() {
    let stand_in = StandIn::start(None).await;
    for minutes in [-61, 61] {
        let store =
            CloudinaryStore::new(stand_in.access.clone(), Patience::default(), Arc::new(Off { minutes }))
                .unwrap();
        assert!(matches!(put(&store).await, Err(BlobError::Unavailable { .. })), "{minutes}");
    }
    let mut access = stand_in.access.clone();
    access.api_secret = "guessed".into();
    let store = CloudinaryStore::new(access, Patience::default(), Arc::new(SystemClock)).unwrap();
    fails_at_everything(&store, "a wrong secret").await;
}

/// A clock that is so many minutes off.
struct Off {
    minutes: i64,
}

impl confab_core::Clock for Off {
    fn now(&self) -> confab_core::Timestamp {
        let now = confab_core::Clock::now(&SystemClock).as_millis();
        confab_core::Timestamp::from_millis(now + self.minutes * 60 * 1_000)
    }
}
