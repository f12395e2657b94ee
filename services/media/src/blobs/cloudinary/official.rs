//! Our client and our stand-in, compared with Cloudinary's own client, as it comes from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;

use confab_core::SystemClock;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::signature::{Algorithm, of_address, of_call};
use super::stand_in::StandIn;
use super::{BlobStore, CloudinaryStore};
use crate::blobs::Patience;
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// What calls say, with everything that signing could trip over.
fn parameters() -> Vec<Vec<(&'static str, String)>> {
    let owned = |pairs: &[(&'static str, &str)]| {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
    };
    vec![
        owned(&[("timestamp", "1315060510"), ("public_id", "sample_image")]),
        owned(&[
            ("type", "authenticated"),
            ("public_id", "confab/ba7816bf"),
            ("overwrite", "false"),
            ("timestamp", "1"),
        ]),
        owned(&[("timestamp", "1"), ("tags", ""), ("public_id", "a&timestamp=2")]),
        owned(&[("timestamp", "1"), ("public_id", "ž=ů/ %26+")]),
    ]
}

/// Has the official client do what `wanted` says, and returns what it says of it.
async fn ask(wanted: &Value) -> Value {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let web: PathBuf = here.join("../../web/package.json");
    assert!(
        web.with_file_name("node_modules/cloudinary").is_dir(),
        "`npm ci` in web fetches Cloudinary's own client"
    );
    let mut node = Command::new("node")
        .arg(here.join("src/blobs/cloudinary/official.mjs"))
        .arg(web)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(wanted.to_string().as_bytes()).await.unwrap();
    let Output { status, stdout, stderr } = node.wait_with_output().await.unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).unwrap()
}

#[tokio::test]
async fn what_cloudinarys_own_client_signs_and_sends_is_what_ours_does() {
    let stand_in = StandIn::start(None).await;
    let access = stand_in.access.clone();
    let store = CloudinaryStore::new(access.clone(), Patience::default(), Arc::new(SystemClock)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"ours").unwrap();
    fs::write(folder.path().join("theirs"), b"theirs").unwrap();
    store.put(&SpooledFile { path, size: 4, key: BlobKey::of(b"ours") }).await.unwrap();

    let (ours, theirs) = (store.public_id(&BlobKey::of(b"ours")), store.public_id(&BlobKey::of(b"theirs")));
    let objects =
        parameters().into_iter().map(|each| each.into_iter().collect::<std::collections::BTreeMap<_, _>>());
    let addresses = [ours.as_str(), "confab/a-b_c"];
    let said = ask(&json!({
        "account": {
            "cloud_name": access.cloud, "api_key": access.api_key, "upload_prefix": access.api_url,
            "api_secret": secrecy::ExposeSecret::expose_secret(&access.api_secret),
        },
        "parameters": objects.collect::<Vec<_>>(),
        "addresses": addresses,
        "upload": { "name": theirs, "data": folder.path().join("theirs") },
        "destroy": ours,
    }))
    .await;

    for (place, algorithm) in [Algorithm::Sha1, Algorithm::Sha256].into_iter().enumerate() {
        for (number, parameters) in parameters().iter().enumerate() {
            let signed = of_call(parameters, &access.api_secret, algorithm);
            assert_eq!(said["signatures"][place][number], signed, "{algorithm:?} {parameters:?}");
        }
        for (number, source) in addresses.iter().enumerate() {
            let url = said["urls"][place][number].as_str().unwrap().split('?').next().unwrap();
            let signature = of_address(source, &access.api_secret, algorithm);
            assert!(
                url.ends_with(&format!("/raw/authenticated/{signature}/{source}")),
                "{algorithm:?} {url}"
            );
        }
    }
    // The stand-in takes what they send, and each finds what the other has put.
    assert_eq!(said["uploaded"]["public_id"], theirs.as_str());
    assert_eq!(said["destroyed"]["result"], "ok");
    assert_eq!(store.size(&BlobKey::of(b"ours")).await.unwrap(), None);
    assert_eq!(stand_in.kept().into_keys().collect::<Vec<_>>(), [theirs]);
    let read = store.read(&BlobKey::of(b"theirs"), 0..6).await.unwrap();
    assert_eq!(read.try_collect::<Vec<_>>().await.unwrap().concat(), b"theirs");
}
