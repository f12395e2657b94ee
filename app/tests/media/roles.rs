//! Who sees the files of a conversation: by what they are in it, and what becomes of that.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::person::{Person, json};
use crate::process::Home;

/// A text of a message of each, so that no two are the same.
const FIRST: &str = "018f0000-0000-7000-8000-000000000001";
const SECOND: &str = "018f0000-0000-7000-8000-000000000002";
const GROUP: &str = "018f0000-0000-7000-8000-000000000003";

/// Calls `path` with `body`, if there is one, and returns what is answered.
async fn call(person: &Person, method: &str, path: &str, body: &Value) -> Value {
    let mut request = person.ask(method, path);
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let (status, said) = (answer.status(), json(answer).await.unwrap());
    assert_eq!(status, 200, "{method} {path}: {said}");
    said
}

/// Sends a message with `file` to a conversation, and returns its number.
async fn say(person: &Person, conversation: &str, client_id: &str, file: &str) -> String {
    let message = json!({ "text": "here", "clientId": client_id, "attachmentIds": [file] });
    let path = format!("/v1/conversations/{conversation}/messages");
    let said = call(person, "POST", &path, &message).await;
    said["message"]["seq"].as_str().unwrap().to_owned()
}

/// The people of a group, and some who are not in it any more, or never were.
struct Group {
    id: String,
    people: BTreeMap<&'static str, Person>,
}

impl Group {
    /// A group that `owner` has made, with an admin and others.
    async fn found(port: u16) -> Self {
        let mut people = BTreeMap::new();
        for name in ["owner", "admin", "member", "removed", "leaver", "outsider"] {
            people.insert(name, Person::join(port, name).await);
        }
        let ids: Vec<&str> =
            ["admin", "member", "removed", "leaver"].iter().map(|name| people[name].id.as_str()).collect();
        let group = json!({ "title": "Harbour", "history": "HISTORY_EVERYTHING", "memberIds": ids, "clientId": GROUP });
        let made = call(&people["owner"], "POST", "/v1/conversations:createGroup", &group).await;
        let id = made["conversation"]["conversationId"].as_str().unwrap().to_owned();
        let path = format!("/v1/conversations/{id}/members/{}:setRole", people["admin"].id);
        call(&people["owner"], "POST", &path, &json!({ "role": "ROLE_ADMIN" })).await;
        Self { id, people }
    }

    /// Lets one go, and takes one out.
    async fn part(&self) {
        let path = format!("/v1/conversations/{}/members/{}", self.id, self.people["removed"].id);
        call(&self.people["owner"], "DELETE", &path, &Value::Null).await;
        let path = format!("/v1/conversations/{}:leave", self.id);
        call(&self.people["leaver"], "POST", &path, &json!({})).await;
    }

    /// Who of them sees what is at `path`.
    async fn who_sees(&self, path: &str) -> Vec<&'static str> {
        let mut seeing = Vec::new();
        for (name, person) in &self.people {
            match person.ask("GET", path).send().await.unwrap().status().as_u16() {
                200 => seeing.push(*name),
                404 => {}
                other => panic!("{name}: {other}"),
            }
        }
        seeing
    }
}

#[tokio::test]
async fn the_files_of_a_conversation_are_for_those_who_are_in_it_and_go_with_their_message() {
    let home = Home::new();
    let _server = home.serve();
    let group = Group::found(home.port).await;
    let owner = &group.people["owner"];
    let (seen, unseen) = (owner.keep("seen.txt", b"seen").await, owner.keep("unseen.txt", b"unseen").await);
    let (of_seen, of_unseen) = (format!("/media/{seen}"), format!("/media/{unseen}"));
    assert_eq!(group.who_sees(&of_seen).await, ["owner"]);
    let first = say(owner, &group.id, FIRST, &seen).await;
    assert_eq!(group.who_sees(&of_seen).await, ["admin", "leaver", "member", "owner", "removed"]);

    // An address that was made before is good for no longer than its reason.
    let sign = |person: &Person, id: &str| {
        let (person, path) = (person.clone(), format!("/v1/media/{id}:sign"));
        async move { call(&person, "POST", &path, &json!({})).await["path"].as_str().unwrap().to_owned() }
    };
    let second = say(owner, &group.id, SECOND, &unseen).await;
    group.part().await;
    assert_eq!(group.who_sees(&of_unseen).await, ["admin", "member", "owner"]);
    let address = sign(&group.people["member"], &unseen).await;
    let outsider = &group.people["outsider"];
    assert_eq!(outsider.stranger("GET", &address).send().await.unwrap().text().await.unwrap(), "unseen");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = outsider.stranger(method, &address).body("x").send().await.unwrap();
        assert!(answer.status().is_client_error(), "{method}: {}", answer.status());
    }
    for wrong in [
        address.replace("/original", "/small"),
        address.replace(&unseen, &seen),
        address.replace("expires=", "expires=9"),
        address.replace(&group.people["member"].id, &outsider.id),
        address[..address.len() - 2].to_owned(),
    ] {
        let answer = outsider.stranger("GET", &wrong).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{wrong}: {}", answer.status());
    }

    for (seq, path) in [(second, &of_unseen), (first, &of_seen)] {
        let message = format!("/v1/conversations/{}/messages/{seq}", group.id);
        call(owner, "DELETE", &message, &Value::Null).await;
        assert_eq!(group.who_sees(path).await, Vec::<&str>::new());
    }
    assert_eq!(outsider.stranger("GET", &address).send().await.unwrap().status(), 404);
}
