//! People take along what is kept of them, and leave: in one process, and in several.

use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::process::Home;
use crate::tools::{Said, grpcurl};
use crate::town::Town;

const PASSWORD: &str = "correct horse 7";

/// Somebody who calls the gateway at a port.
struct Person {
    port: u16,
    id: String,
    token: String,
}

impl Person {
    fn join(port: u16, name: &str) -> Self {
        let account =
            format!(r#"{{"email": "{name}@example.com", "password": "{PASSWORD}", "name": "{name}"}}"#);
        let said = grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/SignUp"]).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let token = format!("authorization: Bearer {}", text(&said["accessToken"]["token"]));
        Self { port, id: text(&said["user"]["userId"]), token }
    }

    fn call(&self, method: &str, request: &str) -> Said {
        grpcurl(self.port, &["-H", &self.token, "-d", request], &[method])
    }

    /// The text of the file `name` in what is kept of them.
    fn taken_along(&self, name: &str) -> String {
        let said = self.call("confab.auth.v1.AuthService/ExportAccount", "{}").json();
        let bytes = STANDARD.decode(said["chunk"].as_str().unwrap()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

/// Ann says something to Bob, takes it along, and leaves.
fn say_and_leave(port: u16) {
    let (ann, bob) = (Person::join(port, "ann"), Person::join(port, "bob"));
    let message = format!(
        r#"{{"user_id": "{}", "text": "to be taken along", "client_id": "018f0000-0000-7000-8000-000000000001"}}"#,
        bob.id
    );
    let said = ann.call("confab.message.v1.MessageService/SendMessage", &message).json();

    let delete = || ann.call("confab.auth.v1.AuthService/DeleteAccount", "{}");
    delete().assert_refused("FailedPrecondition", "without a proof");
    let proof = format!(r#"{{"password": "{PASSWORD}"}}"#);
    ann.call("confab.auth.v1.FactorService/ConfirmIdentity", &proof).json();
    assert!(ann.taken_along("profile.json").contains("ann@example.com"));
    assert_eq!(ann.taken_along("files.jsonl"), "");
    let messages = ann.taken_along("messages.jsonl");
    assert!(messages.contains("to be taken along"), "{messages}");
    assert!(ann.taken_along("conversations.jsonl").contains(&bob.id));

    delete().json();
    ann.call("confab.auth.v1.AuthService/GetMe", "{}").assert_refused("Unauthenticated", "who is gone");
    let log_in = format!(r#"{{"email": "ann@example.com", "password": "{PASSWORD}"}}"#);
    bob.call("confab.auth.v1.AuthService/LogIn", &log_in).assert_refused("Unauthenticated", "who is gone");
    let who = format!(r#"{{"user_id": "{}"}}"#, ann.id);
    let seen = bob.call("confab.auth.v1.UserService/GetUser", &who).json();
    assert_eq!(seen["user"], serde_json::json!({ "userId": ann.id, "deleted": true }));
    let list = bob.call("confab.auth.v1.UserService/ListUsers", "{}").json();
    assert_eq!(list["users"].as_array().unwrap().len(), 1);
    let conversation = format!(r#"{{"conversation_id": {}}}"#, said["message"]["conversationId"]);
    bob.call("confab.message.v1.MessageService/ListMessages", &conversation).json();
}

#[test]
fn people_take_along_what_they_said_and_leave() {
    let home = Home::new();
    let _server = home.serve();
    say_and_leave(home.port);
}

#[test]
fn they_do_so_too_where_every_service_is_a_process() {
    say_and_leave(Town::new().gateway());
}
