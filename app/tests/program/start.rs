//! The beginning of a server and its end, also when they fail.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use crate::process::{Home, failure};

#[test]
fn the_first_start_makes_keys_that_only_the_owner_can_read() {
    let home = Home::new();
    let mut server = home.serve();
    for key in ["signing.pem", "service.key"] {
        let file = fs::metadata(home.data().join("keys").join(key)).unwrap();
        assert_eq!(file.mode() & 0o777, 0o600, "{key}");
    }
    server.signal("TERM");
    let status = server.wait();
    assert!(status.success(), "{status}");
    let printed = server.printed();
    assert!(printed.contains(&format!("http://localhost:{}", home.port)), "{printed}");
    assert!(printed.contains(&home.data().display().to_string()), "{printed}");
    assert!(printed.contains("Ctrl-C"), "{printed}");
}

#[test]
fn a_restart_uses_the_same_keys() {
    let home = Home::new();
    let keys = || {
        let server = home.serve();
        let answer = server.get("/.well-known/jwks.json");
        answer.rsplit_once("\r\n\r\n").unwrap().1.to_owned()
    };
    let first = keys();
    assert!(first.contains("\"crv\":\"Ed25519\""), "{first}");
    assert_eq!(keys(), first);
}

#[test]
fn two_servers_do_not_share_data() {
    let home = Home::new();
    let _server = home.serve();
    let other = Home::new();
    let second = home.run(&["serve", "--listen", &format!("127.0.0.1:{}", other.port)]);
    let said = failure(&second);
    assert!(said.contains("in use") && said.contains("auth.db"), "{said}");
}

#[test]
fn a_taken_port_is_said_to_be_taken() {
    let home = Home::new();
    let _holder = TcpListener::bind(("127.0.0.1", home.port)).unwrap();
    let said = failure(&home.run(&["serve"]));
    let expected = format!("confab: port {} on 127.0.0.1 is taken; choose another with --listen", home.port);
    assert_eq!(said, expected);
}

#[test]
fn nobody_has_to_prove_an_address_by_letters_that_are_not_sent() {
    let said = failure(&Home::new().run(&["serve", "--sign-up-proof", "letter"]));
    assert!(said.contains("--sign-up-proof letter needs --mail"), "{said}");
}

#[test]
fn a_key_that_is_not_safe_or_not_sound_is_refused() {
    let home = Home::new();
    drop(home.serve());
    let key = home.data().join("keys/service.key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let said = failure(&home.run(&[]));
    assert!(said.contains("chmod 600") && said.contains("service.key"), "{said}");

    fs::write(&key, "short").unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let said = failure(&home.run(&[]));
    assert!(said.contains("service.key") && said.contains("43 characters"), "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_one_is_named() {
    let home = Home::new();
    let file = home.data().join("file");
    fs::write(&file, "").unwrap();
    let said = failure(&home.run(&["--data", file.to_str().unwrap()]));
    assert!(said.contains(file.to_str().unwrap()), "{said}");
}

#[test]
fn health_is_whether_the_server_with_these_settings_is_ready() {
    let home = Home::new();
    let said = failure(&home.run(&["health"]));
    assert!(said.contains(&home.port.to_string()), "{said}");

    let _server = home.serve();
    assert!(home.run(&["health"]).status.success());
}
