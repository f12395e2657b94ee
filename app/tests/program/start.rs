//! The beginning of a server and its end, also when they fail.

use std::fs::{self, File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Stdio;

use crate::process::{Home, Server, failure};

#[test]
fn the_first_start_makes_keys_that_only_the_owner_can_read() {
    let home = Home::new();
    let mut server = home.serve();
    for key in ["signing.pem", "service.key", "push.pem"] {
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
fn a_server_whose_letters_lead_to_ones_own_machine_says_so() {
    for (origin, is_told) in [(None, true), (Some("https://chat.example.com"), false)] {
        let (home, outside) = (Home::new(), tempfile::tempdir().unwrap());
        let log = outside.path().join("log");
        let mut command = home.command(&["serve", "--mail", "smtp"]);
        command.args(origin.map(|origin| ["--passkey-origin", origin]).into_iter().flatten());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let server = Server::of(command.spawn().unwrap(), home.port);
        server.wait_until_ready();
        let said = fs::read_to_string(&log).unwrap();
        assert_eq!(said.contains("letters lead to http://localhost"), is_told, "{origin:?}: {said}");
        assert_eq!(said.contains("--passkey-origin"), is_told, "{origin:?}: {said}");
    }
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
fn whatever_the_configuration_leaves_out_nobody_has_an_account_and_no_secret_is_known() {
    let mut keys = Vec::new();
    // None, an empty one, and everything as it is by default.
    let printed = Home::new().run(&["config", "print"]);
    let sample = String::from_utf8(printed.stdout).unwrap();
    let sample: Vec<_> = sample.lines().filter(|line| !line.starts_with("listen")).collect();
    for text in [None, Some(String::new()), Some(sample.join("\n"))] {
        let home = Home::new();
        if let Some(text) = text {
            let folder = home.data().join("config/confab");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("config.toml"), text).unwrap();
        }
        drop(home.serve());
        for key in ["signing.pem", "service.key"] {
            let path = home.data().join("keys").join(key);
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600, "{key}");
            keys.push(fs::read(path).unwrap());
        }
        let accounts = home.run(&["admin", "list-accounts", "--json"]);
        assert!(accounts.status.success() && accounts.stdout.is_empty(), "{accounts:?}");
    }
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count, "each has keys of its own");
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
