//! A server that speaks S3, over a folder of the test's own: rclone, which checks signatures.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::s3::S3Access;

const ACCESS_KEY_ID: &str = "confab-test";
const SECRET: &str = "a-secret-of-the-tests";
const BUCKET: &str = "blobs";

/// A running server, which goes with this value.
pub struct Rclone {
    pub access: S3Access,
    _process: Child,
    folder: TempDir,
}

impl Rclone {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut process = Command::new(program())
            .args(["serve", "s3", "--addr", "127.0.0.1:0", "--config", "/dev/null"])
            .args(["--auth-key", &format!("{ACCESS_KEY_ID},{SECRET}")])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let endpoint = loop {
            let line = lines.next_line().await.unwrap().expect("rclone has ended");
            if let Some((_, address)) = line.split_once("s3 server on [") {
                break address.trim_end_matches("/]").to_owned();
            }
        };
        // Whatever else it says is read too, or it would wait for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let access = S3Access {
            endpoint: Some(endpoint),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: "confab".to_owned(),
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET.into(),
            public: None,
        };
        Self { access, folder, _process: process }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The tests' own rclone: `cargo xtask test` fetches it, and says where it is.
fn program() -> PathBuf {
    let tools = env::var_os("CONFAB_TEST_TOOLS").expect("CONFAB_TEST_TOOLS names a folder with rclone in it");
    Path::new(&tools).join("rclone")
}
