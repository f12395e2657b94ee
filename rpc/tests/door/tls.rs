//! TLS: what is spoken inside of it, and a certificate that changes (row T08).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use confab_rpc::{Tls, connect_pinned};
use rcgen::generate_simple_self_signed;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::http2::{PATIENCE, PREFACE, SETTINGS, frame};
use crate::limits::assert_limits;
use crate::place::{Place, rest};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(50);

/// A certificate and its key, in files.
struct Pair(TempDir);

impl Pair {
    fn new() -> Self {
        let pair = Self(tempfile::tempdir().unwrap());
        pair.renew();
        pair
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn renew(&self) {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        for (name, text) in [("key.pem", made.signing_key.serialize_pem()), ("cert.pem", made.cert.pem())] {
            let draft = self.path("draft");
            fs::write(&draft, text).unwrap();
            fs::set_permissions(&draft, Permissions::from_mode(0o600)).unwrap();
            fs::rename(draft, self.path(name)).unwrap();
        }
    }

    fn certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.path("cert.pem")).unwrap()
    }

    fn tls(&self) -> Tls {
        Tls::open(&self.path("cert.pem"), &self.path("key.pem")).unwrap()
    }
}

/// A connection over TLS, for whoever believes `certificate` and speaks `protocols`.
async fn connect(
    place: &Place,
    certificate: CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, place.connect().await).await
}

const GET: &[u8] = b"GET /inside HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn get(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(GET).await.unwrap();
    let mut said = String::new();
    while !said.ends_with("bytes\n") {
        let mut part = [0; 1_024];
        let count = stream.read(&mut part).await.unwrap();
        assert_ne!(count, 0, "{said}");
        said.push_str(std::str::from_utf8(&part[..count]).unwrap());
    }
    said
}

#[tokio::test]
async fn both_kinds_of_http_are_spoken_over_tls() {
    let pair = Pair::new();
    let place = Place::with(100, 0, Some(pair.tls())).await;
    let mut modern = connect(&place, pair.certificate(), &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(modern.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    modern.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
    let mut head = [0; 9];
    modern.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], SETTINGS);
    let mut settings = vec![0; usize::from(head[2])];
    modern.read_exact(&mut settings).await.unwrap();
    assert_limits(&settings);

    for protocols in [&["http/1.1"][..], &[]] {
        let mut old = connect(&place, pair.certificate(), protocols).await.unwrap();
        assert_eq!(old.get_ref().1.alpn_protocol(), protocols.first().map(|name| name.as_bytes()));
        assert!(get(&mut old).await.starts_with("HTTP/1.1 200"));
    }
    assert!(connect(&place, pair.certificate(), &["spdy/3"]).await.is_err());
}

#[tokio::test]
async fn whoever_does_not_speak_tls_hears_nothing_of_us() {
    let pair = Pair::new();
    let place = Place::with(100, 0, Some(pair.tls())).await;
    let said = place.say(GET).await;
    assert!(!said.contains("HTTP"), "{said:?}");
    assert!(place.asked().is_empty());
}

#[tokio::test]
async fn a_new_certificate_is_taken_up_and_open_connections_go_on() {
    let pair = Pair::new();
    let tls = pair.tls();
    let place = Place::with(100, 0, Some(tls.clone())).await;
    let keeping = tokio::spawn(tls.keep_fresh());
    let old = pair.certificate();
    let mut open = connect(&place, old.clone(), &[]).await.unwrap();
    get(&mut open).await;

    pair.renew();
    let seen = async {
        let mut pause = tokio::time::interval(PAUSE);
        while connect(&place, pair.certificate(), &[]).await.is_err() {
            pause.tick().await;
        }
    };
    timeout(PATIENCE, seen).await.expect("the new certificate is shown in time");
    assert!(connect(&place, old, &[]).await.is_err());
    assert!(get(&mut open).await.starts_with("HTTP/1.1 200"));
    keeping.abort();
}

#[tokio::test]
async fn whoever_asks_us_how_we_are_believes_our_own_certificate_only() {
    let (pair, other) = (Pair::new(), Pair::new());
    let place = Place::with(100, 0, Some(pair.tls())).await;
    let ip = place.address.ip();
    let stream = place.connect().await;
    assert!(connect_pinned(&other.path("cert.pem"), ip, stream).await.is_err());

    let mut stream = connect_pinned(&pair.path("cert.pem"), ip, place.connect().await).await.unwrap();
    stream.write_all(b"GET /how HTTP/1.0\r\n\r\n").await.unwrap();
    assert!(String::from_utf8(rest(&mut stream).await).unwrap().starts_with("HTTP/1.0 200"));
}
