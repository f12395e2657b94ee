//! People who come from elsewhere, with what another program has kept of their passwords.

use std::fs;

use mongodb::Client;
use mongodb::bson::{DateTime, Document, doc};
use serde_json::Value;

use crate::process::{Home, Server, output};
use crate::tools::grpcurl;

/// A password of two characters twice, and what `crypt_blowfish`, by its author, has made of it.
const PASSWORD: &str = "U*U*";
const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";

/// Imports with `arguments`, with people in the MongoDB at `url` or in none, and returns what was said of those who
/// did not come, and how many came, were here and were refused.
fn import(home: &Home, arguments: &[&str], url: Option<&str>) -> (Vec<String>, [u64; 3]) {
    let mut command = home.command(&[&["admin", "import-users", "--json"], arguments].concat());
    if let Some(url) = url {
        command.env("CONFAB_IMPORT_MONGODB_URL", url);
    }
    let output = output(&mut command);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let all = lines.pop().unwrap();
    let counts = ["imported", "existing", "refused"].map(|name| all[name].as_u64().unwrap());
    assert_eq!(output.status.success(), counts[2] == 0, "whoever is refused is no success");
    let said = lines.iter().map(|line| {
        let (number, email) = (&line["number"], line["email"].as_str().unwrap());
        format!("{number} {email} {}", line["outcome"].as_str().unwrap())
    });
    (said.collect(), counts)
}

/// A server that takes little time for each of the log-ins.
fn serve(home: &Home) -> Server {
    let server = Server::start(&mut home.command(&["serve", "--password-cost", "10"]), home.port);
    server.wait_until_ready();
    server
}

/// Whether somebody gets in with the password that they had, and with no other.
fn opens(port: u16, email: &str) -> bool {
    let log_in = |password: &str| {
        let account = format!(r#"{{"email": "{email}", "password": "{password}"}}"#);
        grpcurl(port, &["-d", &account], &["confab.auth.v1.AuthService/LogIn"]).is_ok
    };
    assert!(!log_in("U*U*U"), "{email}");
    log_in(PASSWORD)
}

#[test]
fn people_come_from_lines_of_json_and_keep_their_passwords() {
    let home = Home::new();
    let _server = serve(&home);
    let lines = format!(
        r#"{{"email": "Ann@example.com", "fullName": "Ann", "password": "{HASH}", "createdAt": "2024-01-31T12:00:00Z"}}

{{"email": "bob@example.com", "name": "Bob", "password": "in clear text"}}
no JSON, but a secret
{{"email": "cat@example.com", "name": "Cat", "password": "{HASH}"}}
"#
    );
    let file = home.data().join("people.jsonl");
    fs::write(&file, lines).unwrap();
    let file = file.to_str().unwrap();
    let refused = "2 bob@example.com refused: the password is not hashed by bcrypt at a cost of at most 16";
    let garbage = "3  refused: the line is not as it should be";

    let dry = import(&home, &["--file", file, "--dry-run"], None);
    assert_eq!(dry, (vec![refused.into(), garbage.into()], [2, 0, 2]));
    assert!(!opens(home.port, "ann@example.com"), "nobody has come yet");
    assert_eq!(import(&home, &["--file", file], None), dry);
    for email in ["ann@example.com", "cat@example.com"] {
        assert!(opens(home.port, email), "{email}");
    }
    assert!(!opens(home.port, "bob@example.com"));
    let again = import(&home, &["--file", file], None);
    let here = |number, name: &str| format!("{number} {name}@example.com is here already");
    assert_eq!(again, (vec![here(1, "Ann"), refused.into(), garbage.into(), here(4, "cat")], [0, 2, 2]));
    assert!(opens(home.port, "ann@example.com"), "with the hash that was made anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_from_the_database_of_the_tutorial_and_keep_their_passwords() {
    let url = std::env::var("CONFAB_TEST_MONGODB");
    let url = url.expect("run `cargo xtask test`, or set CONFAB_TEST_MONGODB");
    let name = format!("confab_tutorial_{}", std::process::id());
    let tutorial = Client::with_uri_str(&url).await.unwrap().database(&name);
    let person = |email: &str, password: &str| {
        let created = DateTime::from_millis(1_700_000_000_000);
        doc! { "email": email, "fullName": "Dan", "password": password, "profilePic": "", "createdAt": created, "__v": 0 }
    };
    let people =
        [person("dan@example.com", HASH), person("eve@example.com", "in clear text"), doc! { "__v": 0 }];
    tutorial.collection::<Document>("users").insert_many(people).await.unwrap();

    let home = Home::new();
    let _server = serve(&home);
    let (said, counts) = import(&home, &["--database", &name], Some(&url));
    tutorial.drop().await.unwrap();
    assert_eq!(counts, [1, 0, 2], "{said:?}");
    assert!(
        said[0].starts_with("2 eve@example.com refused") && said[1].starts_with("3  refused"),
        "{said:?}"
    );
    assert!(opens(home.port, "dan@example.com"));
    let listed = home.run(&["admin", "list-accounts", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed["create_time"].as_str().unwrap().starts_with("2023-11-14"), "{listed}");
}
