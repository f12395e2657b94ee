//! Has files looked at by a virus scanner: `clamd`, by its socket, in the form it calls INSTREAM.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::spool::SpooledFile;

/// How much is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// How long a file may take, with the wait for a turn at the scanner.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The longest answer that is read; it has the name of what was found in it.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;

/// Where a scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAddress {
    /// A socket of this machine, written `unix:/run/clamav/clamd.ctl`.
    Unix(PathBuf),
    /// A host and a port, written `tcp:scanner:3310`.
    Tcp(String),
}

/// The address is in neither of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be unix:<path> or tcp:<host>:<port>")]
pub struct InvalidAddress;

/// What becomes of files while the scanner does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Unscanned {
    /// They are not taken.
    Refuse,
    /// They are taken, and it is said in the log.
    Accept,
}

/// Settings of the scanner.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct ScanSettings {
    /// A virus scanner that looks at every file, clamd
    ///
    /// Written `unix:/run/clamav/clamd.ctl`, or `tcp:scanner:3310`.
    /// Its limit of what it takes (`StreamMaxLength`) should be no less than
    /// the largest file that anybody may upload.
    #[arg(long, env = "CONFAB_MEDIA_SCANNER", value_name = "ADDRESS")]
    pub media_scanner: Option<ScannerAddress>,

    /// What becomes of files while the scanner does not answer
    #[arg(long, env = "CONFAB_MEDIA_UNSCANNED", value_name = "WHAT", default_value = "refuse")]
    pub media_unscanned: Unscanned,
}

impl ScanSettings {
    /// The scanner, if there is one.
    #[must_use]
    pub fn scanner(&self) -> Option<Scanner> {
        let address = self.media_scanner.clone()?;
        Some(Scanner::new(address, self.media_unscanned))
    }
}

/// Asks a scanner about files.
#[derive(Clone, Debug)]
pub struct Scanner {
    address: ScannerAddress,
    unscanned: Unscanned,
}

/// What a scanner makes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be kept.
    Harmless,
    /// Something was found in it.
    Infected,
    /// Nobody looked at it, and so it may not be kept.
    Unknown,
}

impl Scanner {
    /// Asks the scanner at `address`; `unscanned` says what is done when it does not answer.
    #[must_use]
    pub fn new(address: ScannerAddress, unscanned: Unscanned) -> Self {
        Self { address, unscanned }
    }

    /// Has `file` looked at.
    ///
    /// # Errors
    ///
    /// If `file` cannot be read.
    pub async fn scan(&self, file: &SpooledFile) -> io::Result<Verdict> {
        let from = File::open(&file.path).await?;
        let answer = match timeout(TIMEOUT, self.ask(from)).await {
            Ok(answer) => answer,
            Err(late) => Err(late.into()),
        };
        match answer.and_then(|answer| Answer::parse(&answer)) {
            Ok(Answer::Nothing) => Ok(Verdict::Harmless),
            Ok(Answer::Found(what)) => {
                tracing::warn!(blob = %file.key, found = %what, "an infected file was refused");
                Ok(Verdict::Infected)
            }
            Err(error) => Ok(self.without_answer(file, &error)),
        }
    }

    fn without_answer(&self, file: &SpooledFile, error: &io::Error) -> Verdict {
        match self.unscanned {
            Unscanned::Refuse => {
                tracing::error!(error = error as &dyn std::error::Error, "the scanner did not answer");
                Verdict::Unknown
            }
            Unscanned::Accept => {
                let error = error as &dyn std::error::Error;
                tracing::warn!(error, blob = %file.key, "a file was taken that was not scanned");
                Verdict::Harmless
            }
        }
    }

    async fn ask(&self, from: File) -> io::Result<Vec<u8>> {
        match &self.address {
            ScannerAddress::Unix(path) => talk(UnixStream::connect(path).await?, from).await,
            ScannerAddress::Tcp(address) => talk(TcpStream::connect(address).await?, from).await,
        }
    }
}

/// Sends what is in `from`, and returns what is answered.
async fn talk(socket: impl AsyncRead + AsyncWrite, from: File) -> io::Result<Vec<u8>> {
    let (answers, mut to) = tokio::io::split(socket);
    let sent = send(&mut to, from).await;
    // One who has heard enough says why, and listens no more: then sending has
    // failed, and there is an answer all the same.
    let mut answer = Vec::new();
    answers.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    if answer.is_empty() {
        sent?;
    }
    Ok(answer)
}

async fn send(to: &mut (impl AsyncWrite + Unpin), mut from: File) -> io::Result<()> {
    to.write_all(b"zINSTREAM\0").await?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = from.read(&mut chunk).await?;
        // A chunk of nothing is the last one.
        to.write_u32(u32::try_from(read).map_err(io::Error::other)?).await?;
        to.write_all(&chunk[..read]).await?;
        if read == 0 {
            return to.flush().await;
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Nothing,
    Found(String),
}

impl Answer {
    /// Reads `stream: OK` or `stream: <name> FOUND`; whatever else is said is a failure.
    fn parse(answer: &[u8]) -> io::Result<Self> {
        let answer = String::from_utf8_lossy(answer);
        let answer = answer.trim_end_matches(['\0', '\n']);
        match answer.strip_prefix("stream: ") {
            Some("OK") => Ok(Self::Nothing),
            Some(found) if found.ends_with(" FOUND") => {
                Ok(Self::Found(found.trim_end_matches(" FOUND").to_owned()))
            }
            _ => Err(io::Error::other(format!("the scanner answered {answer:?}"))),
        }
    }
}

impl FromStr for ScannerAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            Some(("tcp", address)) => match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                    Ok(Self::Tcp(address.to_owned()))
                }
                _ => Err(InvalidAddress),
            },
            _ => Err(InvalidAddress),
        }
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::net::{TcpListener, UnixListener};

    use super::*;
    use crate::domain::BlobKey;

    /// What every scanner finds, and nobody is harmed by; in two parts, or
    /// scanners would find this file.
    const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

    fn file(bytes: &[u8]) -> (TempDir, SpooledFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let size = bytes.len() as u64;
        (folder, SpooledFile { path, size, key: BlobKey::of(bytes) })
    }

    /// Takes down one file as clamd does, and answers `stream: …`.
    async fn one_scan(socket: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut socket = socket;
        let mut command = [0; 10];
        socket.read_exact(&mut command).await?;
        assert_eq!(&command, b"zINSTREAM\0");
        let mut bytes = Vec::new();
        loop {
            let length = socket.read_u32().await?;
            if length == 0 {
                break;
            }
            (&mut socket).take(length.into()).read_to_end(&mut bytes).await?;
        }
        let eicar = EICAR.concat();
        let is_found = bytes.windows(eicar.len()).any(|part| part == eicar.as_bytes());
        let answer = if is_found { "stream: Eicar-Test FOUND\0" } else { "stream: OK\0" };
        socket.write_all(answer.as_bytes()).await
    }

    #[tokio::test]
    async fn what_is_infected_is_found_over_both_kinds_of_sockets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clamd.ctl");
        let unix = UnixListener::bind(&path).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses =
            [ScannerAddress::Unix(path), ScannerAddress::Tcp(tcp.local_addr().unwrap().to_string())];
        tokio::spawn(async move {
            while let Ok((socket, _)) = unix.accept().await {
                one_scan(socket).await.unwrap();
            }
        });
        tokio::spawn(async move {
            while let Ok((socket, _)) = tcp.accept().await {
                one_scan(socket).await.unwrap();
            }
        });

        let infected = [vec![b' '; 200_000], EICAR.concat().into_bytes()].concat();
        for address in addresses {
            let scanner = Scanner::new(address, Unscanned::Refuse);
            let (_kept, harmless) = file(&vec![b'x'; 200_000]);
            assert_eq!(scanner.scan(&harmless).await.unwrap(), Verdict::Harmless);
            let (_kept, infected) = file(&infected);
            assert_eq!(scanner.scan(&infected).await.unwrap(), Verdict::Infected);
        }
    }

    #[tokio::test]
    async fn what_becomes_of_files_without_a_scanner_is_a_setting() {
        let (_kept, file) = file(b"x");
        let nowhere = || ScannerAddress::Unix("/nonexistent/clamd.ctl".into());
        let refusing = Scanner::new(nowhere(), Unscanned::Refuse);
        assert_eq!(refusing.scan(&file).await.unwrap(), Verdict::Unknown);
        let accepting = Scanner::new(nowhere(), Unscanned::Accept);
        assert_eq!(accepting.scan(&file).await.unwrap(), Verdict::Harmless);
    }

    #[tokio::test]
    async fn a_scanner_that_had_enough_has_not_said_that_a_file_is_harmless() {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = ScannerAddress::Tcp(tcp.local_addr().unwrap().to_string());
        tokio::spawn(async move {
            let (mut socket, _) = tcp.accept().await.unwrap();
            socket.write_all(b"INSTREAM size limit exceeded. ERROR\0").await.unwrap();
        });
        let (_kept, file) = file(&[b'x'; 100]);
        let scanner = Scanner::new(address, Unscanned::Refuse);
        assert_eq!(scanner.scan(&file).await.unwrap(), Verdict::Unknown);
    }

    #[test]
    fn an_address_is_of_one_of_two_kinds() {
        for text in ["unix:/run/clamav/clamd.ctl", "tcp:scanner:3310", "tcp:[::1]:3310"] {
            assert_eq!(text.parse::<ScannerAddress>().unwrap().to_string(), text);
        }
        for text in
            ["", "clamd", "unix:clamd.ctl", "tcp:scanner", "tcp::3310", "tcp:scanner:x", "http://scanner"]
        {
            assert_eq!(text.parse::<ScannerAddress>(), Err(InvalidAddress), "{text}");
        }
    }
}
