//! What operators do with accounts, while the server runs and while it does not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::process::{Home, Server, failure, until};
use crate::tools::{Said, grpcurl};

/// Signs somebody up, and returns the answer.
fn join(port: u16, name: &str) -> Value {
    let account =
        format!(r#"{{"email": "{name}@example.com", "password": "correct horse 7", "name": "{name}"}}"#);
    grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/SignUp"]).json()
}

fn log_in(port: u16, name: &str) -> Said {
    let account = format!(r#"{{"email": "{name}@example.com", "password": "correct horse 7"}}"#);
    grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/LogIn"])
}

/// The access token in an answer.
fn token(entered: &Value) -> &str {
    entered["accessToken"]["token"].as_str().unwrap()
}

/// The key that `token` is signed with.
fn key_of(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The keys that services know tokens by.
fn published(server: &Server) -> Vec<String> {
    let answer = server.get("/.well-known/jwks.json");
    let keys: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Has another key sign, and returns its name.
fn rotate_keys(home: &Home) -> String {
    let said = String::from_utf8(home.run(&["admin", "rotate-keys"]).stdout).unwrap();
    let rest = said.strip_prefix("The new signing key is ").unwrap();
    rest.split_once(".\n").unwrap().0.to_owned()
}

/// Waits until a server signs with `new_key` for whoever has `joined`, and knows the old one still.
fn assert_key_changes((server, port): (&Server, u16), joined: &Value, new_key: String) {
    let mut refresh = joined["refreshToken"].clone();
    until("the new key signs", || {
        let request = serde_json::json!({ "refresh_token": refresh }).to_string();
        let turned = grpcurl(port, &["-d", &request], &["confab.auth.v1.AuthService/RefreshSession"]).json();
        refresh = turned["refreshToken"].clone();
        key_of(token(&turned)) == new_key
    });
    let (mut both, mut expected) = (published(server), [key_of(token(joined)), new_key]);
    both.sort();
    expected.sort();
    assert_eq!(both, expected);
}

/// Runs an admin command, and returns the JSON objects that it prints.
fn admin(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let output = home.run(&[&["admin"], arguments, &["--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_operator_makes_the_first_admin_and_keeps_others_out_while_the_server_runs() {
    let home = Home::new();
    let mut server = home.serve();
    let joined = join(home.port, "ann");
    let bearer = format!("authorization: Bearer {}", token(&joined));
    assert_eq!(published(&server), [key_of(token(&joined))]);
    let new_key = rotate_keys(&home);
    join(home.port, "bob");
    let list = |bearer: &str| {
        grpcurl(home.port, &["-H", bearer, "-d", "{}"], &["confab.auth.v1.AdminService/ListAccounts"])
    };
    assert!(!list(&bearer).is_ok);

    let said = admin(&home, &["make-admin", "ANN@example.com"]);
    assert_eq!((&said[0]["email"], &said[0]["done"]), (&"ann@example.com".into(), &"is an admin now".into()));
    assert!(list(&bearer).is_ok);
    assert!(failure(&home.run(&["admin", "revoke-admin", "ann@example.com"])).contains("no admin left"));

    admin(&home, &["disable-account", "bob@example.com"]);
    assert!(!log_in(home.port, "bob").is_ok);
    join(home.port, "cat");
    admin(&home, &["erase-account", "cat@example.com"]);
    assert!(!log_in(home.port, "cat").is_ok);
    assert_eq!(admin(&home, &["list-erasures"]).len(), 1);

    assert_key_changes((&server, home.port), &joined, new_key);
    assert!(list(&bearer).is_ok, "what the old key has signed holds");
    server.signal("TERM");
    assert!(server.wait().success());

    let disabled = admin(&home, &["list-accounts", "--state", "disabled"]);
    assert_eq!((disabled.len(), &disabled[0]["email"]), (1, &"bob@example.com".into()));
    let reset = admin(&home, &["force-password-reset", "bob@example.com"]);
    assert_eq!(reset[0]["code"].as_str().unwrap().len(), 43);
    let events = admin(&home, &["list-audit-events", "bob@example.com"]);
    let events: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["password-reset-forced", "log-in-refused", "account-disabled", "signed-up"]);
    assert_eq!(admin(&home, &["list-unsent-letters"]), Vec::<Value>::new());
    assert_eq!(admin(&home, &["list-pushes", "bob@example.com"]), Vec::<Value>::new());
    admin(&home, &["enable-account", "bob@example.com"]);
    let unknown = failure(&home.run(&["admin", "make-admin", "eve@example.com"]));
    assert!(unknown.contains("there is no account"), "{unknown}");
}

#[test]
fn an_operator_who_names_the_wrong_folder_is_told_so() {
    let home = Home::new();
    let told = failure(&home.run(&["admin", "list-accounts"]));
    assert!(told.contains("is --data right?"), "{told}");
}
