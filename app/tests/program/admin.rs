//! What operators do with accounts, while the server runs and while it does not.

use serde_json::Value;

use crate::process::{Home, failure};
use crate::tools::grpcurl;

/// Signs somebody up, and returns the answer.
fn join(port: u16, name: &str) -> Value {
    let account =
        format!(r#"{{"email": "{name}@example.com", "password": "correct horse 7", "name": "{name}"}}"#);
    grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/SignUp"]).json()
}

fn log_in(port: u16, name: &str) -> bool {
    let account = format!(r#"{{"email": "{name}@example.com", "password": "correct horse 7"}}"#);
    grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/LogIn"]).is_ok
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
    let token = format!("authorization: Bearer {}", joined["accessToken"]["token"].as_str().unwrap());
    join(home.port, "bob");
    let list = |token: &str| {
        grpcurl(home.port, &["-H", token, "-d", "{}"], &["confab.auth.v1.AdminService/ListAccounts"])
    };
    assert!(!list(&token).is_ok);

    let said = admin(&home, &["make-admin", "ANN@example.com"]);
    assert_eq!((&said[0]["email"], &said[0]["done"]), (&"ann@example.com".into(), &"is an admin now".into()));
    assert!(list(&token).is_ok);
    assert!(failure(&home.run(&["admin", "revoke-admin", "ann@example.com"])).contains("no admin left"));

    admin(&home, &["disable-account", "bob@example.com"]);
    assert!(!log_in(home.port, "bob"));
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
