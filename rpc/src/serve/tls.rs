//! The certificate of a door, taken up anew when it changes.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How often we look whether the files have changed.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// What we speak inside of TLS, the best first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// A certificate and its key, in files that may change. Clones are one and the same.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    pair: Arc<Pair>,
}

/// What is shown to whoever connects.
#[derive(Debug)]
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} is no {what} in the form of PEM", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
    },
    /// There is no certificate in the file for it.
    #[error("there is no certificate in {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The key is not kept from others.
    #[error("the key {0} can be read by others, so it is not used; run: chmod 600 {0}", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// They do not belong together, or are of a kind that is not supported.
    #[error("the certificate {} and the key {} cannot be used together", certificate.display(), key.display())]
    Unfit {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

impl Tls {
    /// Shows the certificates in the file `certificate`, the own one first, whose
    /// key is in the file `key`; both in the form of PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError`] if they cannot be used.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = RwLock::new(Arc::new(load(certificate, key)?));
        let pair = Arc::new(Pair { certificate: certificate.into(), key: key.into(), current });
        let provider = Arc::new(aws_lc_rs::default_provider());
        let unfit = |source| TlsError::Unfit { certificate: certificate.into(), key: key.into(), source };
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(&[&version::TLS13, &version::TLS12]).map_err(unfit)?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(pair.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { acceptor: Arc::new(config).into(), pair })
    }

    /// Takes up what is in the files whenever they change, and when the process
    /// gets SIGHUP; connections that are open stay as they are. Goes on for ever.
    ///
    /// # Errors
    ///
    /// If the system refuses to tell us of signals.
    pub async fn keep_fresh(self) -> io::Result<()> {
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut look = interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = self.pair.marks();
        loop {
            let told = tokio::select! {
                _ = hang_up.recv() => true,
                _ = look.tick() => false,
            };
            let now = self.pair.marks();
            if told || now != seen {
                seen = now;
                self.pair.reload();
            }
        }
    }

    /// Shakes hands with whoever is at the other end of `stream`.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.acceptor.accept(stream).await
    }
}

impl Pair {
    /// Takes up what is in the files, if it can be used.
    fn reload(&self) {
        match load(&self.certificate, &self.key) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                tracing::info!(file = %self.certificate.display(), "took up the certificate anew");
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the certificate cannot be taken up anew; the old one stays");
            }
        }
    }

    /// By what a change of the files is seen, also if they are links to others.
    fn marks(&self) -> [Option<(i64, i64, u64, u64)>; 2] {
        let mark = |found: Metadata| (found.mtime(), found.mtime_nsec(), found.ino(), found.len());
        [&self.certificate, &self.key].map(|path| fs::metadata(path).ok().map(mark))
    }
}

impl ResolvesServerCert for Pair {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let malformed = |path: &Path, what, source| match source {
        pem::Error::Io(source) => TlsError::Unreadable { path: path.into(), source },
        // What is wrong with it is not said: it may be a line of the key.
        _ => TlsError::Malformed { path: path.into(), what },
    };
    let found = fs::metadata(key).map_err(|source| TlsError::Unreadable { path: key.into(), source })?;
    if found.mode() & OTHERS != 0 {
        return Err(TlsError::Exposed { path: key.into() });
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|source| malformed(certificate, "certificate", source))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { path: certificate.into() });
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|source| malformed(key, "private key", source))?;
    CertifiedKey::from_der(chain, private, &aws_lc_rs::default_provider()).map_err(|source| TlsError::Unfit {
        certificate: certificate.into(),
        key: key.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use rcgen::generate_simple_self_signed;
    use tempfile::TempDir;

    use super::*;

    /// A folder with `cert.pem` and `key.pem` of one pair in it.
    struct Files(TempDir);

    impl Files {
        fn new() -> Self {
            let files = Self(tempfile::tempdir().unwrap());
            files.renew();
            files
        }

        fn certificate(&self) -> PathBuf {
            self.0.path().join("cert.pem")
        }

        fn key(&self) -> PathBuf {
            self.0.path().join("key.pem")
        }

        fn renew(&self) {
            let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            fs::write(self.certificate(), made.cert.pem()).unwrap();
            fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
            self.open_to(0o600);
        }

        fn open_to(&self, mode: u32) {
            fs::set_permissions(self.key(), Permissions::from_mode(mode)).unwrap();
        }
    }

    #[test]
    fn a_new_pair_is_taken_up_and_a_bad_one_is_not() {
        let files = Files::new();
        let tls = Tls::open(&files.certificate(), &files.key()).unwrap();
        let current = || tls.pair.current.read().unwrap().clone();
        let (first, seen) = (current(), tls.pair.marks());

        files.renew();
        assert_ne!(tls.pair.marks(), seen);
        tls.pair.reload();
        let second = current();
        assert_ne!(second.cert, first.cert);

        for spoil in [
            &(|| {
                fs::write(files.certificate(), "nothing").unwrap();
            }) as &dyn Fn(),
            &|| {
                fs::copy(Files::new().certificate(), files.certificate()).unwrap();
            },
            &|| files.open_to(0o644),
            &|| fs::remove_file(files.key()).unwrap(),
        ] {
            files.renew();
            spoil();
            tls.pair.reload();
            assert_eq!(current().cert, second.cert);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_without_saying_the_key() {
        let (files, other) = (Files::new(), Files::new());
        let open = |certificate: &Path, key: &Path| Tls::open(certificate, key).err().unwrap().to_string();
        assert!(open(&files.certificate(), &other.key()).contains("together"));
        assert!(open(&files.key(), &files.key()).contains("no certificate in"));
        assert!(open(Path::new("/nowhere"), &files.key()).contains("cannot read /nowhere"));
        files.open_to(0o640);
        assert!(open(&files.certificate(), &files.key()).contains("chmod 600"));

        files.renew();
        let secret = fs::read_to_string(files.key()).unwrap();
        let line = secret.lines().nth(1).unwrap();
        fs::write(files.key(), secret.replace(line, &format!("-----BEGIN {line}"))).unwrap();
        assert!(!open(&files.certificate(), &files.key()).contains(line));
    }
}
