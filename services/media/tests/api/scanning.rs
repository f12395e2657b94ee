//! Files that a virus scanner has looked at: a real clamd, which knows one signature, that of the tests.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use confab_media::scan::{Scanner, ScannerAddress, Unscanned};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tonic::Code;

use crate::world::{FILE_BYTES_MAX, World, refusal};

/// What every scanner finds, and nobody is harmed by; in two parts, or scanners would find this file.
const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];
/// How long the scanner may take to start, and how long to wait before looking again.
const READY_MAX: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A running clamd, which goes with this value.
struct Clamd {
    address: ScannerAddress,
    process: Child,
    _folder: TempDir,
}

impl Clamd {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (socket, database) = (folder.path().join("clamd.ctl"), folder.path().join("signatures"));
        std::fs::create_dir(&database).unwrap();
        // Its name, in files of any kind, at any place: these bytes.
        let signature = format!("Confab.Test:0:*:{}\n", hex::encode(EICAR.concat()));
        std::fs::write(database.join("confab.ndb"), signature).unwrap();
        let settings = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\n",
            socket.display(),
            database.display()
        );
        let file = folder.path().join("clamd.conf");
        std::fs::write(&file, settings).unwrap();
        let process = Command::new(program())
            .arg("--config-file")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut clamd = Self { address: ScannerAddress::Unix(socket.clone()), process, _folder: folder };
        let ready = tokio::time::timeout(READY_MAX, clamd.answers(&socket)).await;
        ready.expect("clamd does not answer");
        clamd
    }

    async fn answers(&mut self, socket: &Path) {
        while !is_there(socket).await {
            assert!(self.process.try_wait().unwrap().is_none(), "clamd has ended");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn is_there(socket: &Path) -> bool {
    let Ok(mut socket) = UnixStream::connect(socket).await else { return false };
    let mut answer = Vec::new();
    let asked = socket.write_all(b"zPING\0").await.is_ok();
    asked && socket.read_to_end(&mut answer).await.is_ok() && answer.starts_with(b"PONG")
}

/// Debian's clamd: `cargo xtask test` fetches it, and says where it is.
fn program() -> std::path::PathBuf {
    let tools =
        std::env::var_os("CONFAB_TEST_TOOLS").expect("CONFAB_TEST_TOOLS names a folder with clamd in it");
    Path::new(&tools).join("clamd")
}

#[tokio::test]
async fn what_clamd_finds_is_refused_and_without_it_files_are_taken_only_if_somebody_said_so() {
    let mut clamd = Clamd::start().await;
    let refusing = World::scanned_by(Scanner::new(clamd.address.clone(), Unscanned::Refuse)).await;
    let accepting = World::scanned_by(Scanner::new(clamd.address.clone(), Unscanned::Accept)).await;
    let mut late = vec![b' '; usize::try_from(FILE_BYTES_MAX).unwrap() - EICAR.concat().len()];
    late.extend(EICAR.concat().into_bytes());
    for world in [&refusing, &accepting] {
        let ada = world.person();
        for infected in [EICAR.concat().as_bytes(), &late] {
            let refused = refusal(ada.upload(infected).await);
            assert_eq!(refused, (Code::InvalidArgument, "FILE_INFECTED".into()));
        }
        assert_eq!((ada.usage().await, world.files_in("blobs"), world.files_in("spool")), ((0, 0), 0, 0));
        ada.upload(b"harmless").await.unwrap();
    }

    clamd.process.kill().await.unwrap();
    let refused = refusal(refusing.person().upload(b"also harmless").await);
    assert_eq!(refused, (Code::Unavailable, "SCANNER_DOWN".into()));
    accepting.person().upload(b"also harmless").await.unwrap();
}
