//! A server that speaks TLS by itself.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{Home, Server, failure, until};

/// Puts a new certificate and its key into `folder`.
fn renew(folder: &Path) -> [PathBuf; 2] {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = [("cert.pem", made.cert.pem()), ("cert-key.pem", made.signing_key.serialize_pem())];
    files.map(|(name, text)| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    })
}

/// The whole answer to whether a server is ready that shows this very certificate; nothing otherwise.
#[tokio::main(flavor = "current_thread")]
async fn ready(port: u16, certificate: &Path) -> String {
    let mut answer = String::new();
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await else { return answer };
    let ip = "127.0.0.1".parse().unwrap();
    let Ok(mut stream) = confab_rpc::connect_pinned(certificate, ip, stream).await else { return answer };
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn a_server_with_a_certificate_speaks_tls_and_takes_up_another() {
    let home = Home::new();
    let [certificate, key] = renew(home.data());
    let settings = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let mut server = Server::start(&mut home.command(&[&["serve"], &settings[..]].concat()), home.port);
    until("the server is ready", || ready(home.port, &certificate).starts_with("HTTP/1.0 200"));
    assert!(ready(home.port, &certificate).contains("\r\nstrict-transport-security: max-age="));
    assert!(home.run(&[&["health"], &settings[..]].concat()).status.success());
    // What it says to clear text, if anything, is an alert of TLS.
    assert!(!server.get("/readyz").contains("HTTP/"), "clear text is not answered");

    let old = home.data().join("old.pem");
    fs::copy(&certificate, &old).unwrap();
    renew(home.data());
    server.signal("HUP");
    until("the new certificate is shown", || ready(home.port, &certificate).starts_with("HTTP/1.0 200"));
    assert_eq!(ready(home.port, &old), "");

    server.signal("TERM");
    assert!(server.wait().success());
    assert!(server.printed().contains(&format!("https://localhost:{}", home.port)));
}

#[test]
fn a_certificate_that_cannot_be_used_is_named() {
    let home = Home::new();
    let [certificate, key] = renew(home.data()).map(|path| path.to_str().unwrap().to_owned());
    let open = |certificate: &str, key: &str| {
        failure(&home.run(&["serve", "--tls-cert", certificate, "--tls-key", key]))
    };
    assert!(open(&certificate, "/nowhere").contains("/nowhere"));
    assert!(open(&key, &key).contains("no certificate"));
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    assert!(open(&certificate, &key).contains("chmod 600"));
    assert!(!home.run(&["serve", "--tls-cert", &certificate]).status.success(), "one alone is no use");
}
