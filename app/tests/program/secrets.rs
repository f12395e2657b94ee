//! What nobody is to find: secrets in what the server prints, or in its files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{Home, Server};
use crate::tools::{Said, grpcurl};

const PASSWORD: &str = "marked horse battery 7";
const NEW_PASSWORD: &str = "another marked staple 8";
const WRONG: &str = "wrong marked horse 9";
const SAID: &str = "a marked word between two people";
/// What somebody calls a device who wants to write lines of the log.
const FORGED: &str = "phone level=ERROR";

/// What is looked for, and where it may be all the same.
struct Marked {
    secret: String,
    in_messages: bool,
}

/// What was made in the name of Ada, and is hers alone.
fn live(port: u16) -> Vec<Marked> {
    let call = |token: &str, method: &str, request: &Value| {
        let header = format!("authorization: Bearer {token}");
        grpcurl(port, &["-H", &header, "-d", &request.to_string()], &[&format!("confab.{method}")])
    };
    let auth = |token: &str, rpc: &str, request: &Value| call(token, &format!("auth.v1.{rpc}"), request);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let account = serde_json::json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let joined = auth("", "AuthService/SignUp", &account).json();
    let token = text(&joined["accessToken"]["token"]);
    let log_in = |password: &str| -> Said {
        let request =
            serde_json::json!({ "email": "ada@example.com", "password": password, "deviceName": FORGED });
        auth("", "AuthService/LogIn", &request)
    };
    log_in(WRONG).assert_refused("Unauthenticated", "a wrong password");
    let entered = log_in(PASSWORD).json();
    let refresh = serde_json::json!({ "refreshToken": entered["refreshToken"] });
    let turned = auth("", "AuthService/RefreshSession", &refresh).json();
    let change = serde_json::json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    auth(&token, "AuthService/ChangePassword", &change).json();
    let proof = serde_json::json!({ "password": NEW_PASSWORD });
    let begun = auth(&token, "FactorService/BeginTotp", &proof).json();
    let invited = auth(&token, "InviteService/CreateInvite", &serde_json::json!({})).json();
    let other = serde_json::json!({ "email": "bob@example.com", "password": PASSWORD, "name": "Bob" });
    let bob = auth("", "AuthService/SignUp", &other).json();
    let message = serde_json::json!({
        "userId": bob["user"]["userId"], "text": SAID, "clientId": "018f0000-0000-7000-8000-000000000001",
    });
    call(&token, "message.v1.MessageService/SendMessage", &message).json();

    let secrets = [
        PASSWORD.to_owned(),
        NEW_PASSWORD.to_owned(),
        WRONG.to_owned(),
        text(&joined["refreshToken"]),
        text(&joined["deviceToken"]),
        text(&entered["accessToken"]["token"]),
        text(&turned["refreshToken"]),
        text(&begun["secret"]),
        text(&invited["code"]),
        token,
    ];
    let mut marked: Vec<Marked> =
        secrets.into_iter().map(|secret| Marked { secret, in_messages: false }).collect();
    marked.push(Marked { secret: SAID.to_owned(), in_messages: true });
    marked
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_secret_is_printed_or_kept_as_it_is_and_what_happened_is_one_line_each() {
    let (home, outside) = (Home::new(), tempfile::tempdir().unwrap());
    let log = outside.path().join("log");
    let mut command = home.command(&["serve"]);
    command.env("CONFAB_LOG", "trace").stdin(std::process::Stdio::null());
    command.stdout(File::create(outside.path().join("printed")).unwrap());
    let child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
    let mut server = Server::of(child, home.port);
    server.wait_until_ready();
    let marked = live(home.port);
    server.signal("TERM");
    assert!(server.wait().success());

    // What is no text does not matter: all that is looked for is.
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let log = read(&log);
    let kept: Vec<(PathBuf, String)> =
        files(home.data()).into_iter().map(|path| (path.clone(), read(&path))).collect();
    for Marked { secret, in_messages } in &marked {
        assert!(!log.contains(secret), "{secret:?} is on the log");
        for (path, text) in &kept {
            let name = path.file_name().unwrap().to_string_lossy();
            let belongs = *in_messages && (name.starts_with("message.db") || name.starts_with("search.db"));
            assert!(belongs || !text.contains(secret), "{secret:?} is in {}", path.display());
        }
    }

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audited = lines.iter().filter(|line| line["target"] == "confab::audit");
    let events: Vec<&str> = audited.map(|line| line["event"].as_str().unwrap()).collect();
    let expected =
        ["signed-up", "log-in-refused", "logged-in", "password-changed", "invite-created", "signed-up"];
    assert_eq!(events, expected);
    let accounts = home.run(&["admin", "list-accounts", "--json"]);
    assert_eq!(String::from_utf8(accounts.stdout).unwrap().lines().count(), 2, "nobody came with the server");
}
