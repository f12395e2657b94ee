//! A server that is there before its database.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::process::{Home, Server, failure, free_port, output, until};

/// Forwards what comes to `port` to the database at `target`.
fn forward(port: u16, target: String) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            for (mut from, mut to) in [(client, server), back] {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
}

/// The address of the MongoDB for tests: `host:port`.
fn mongodb() -> String {
    let url = std::env::var("CONFAB_TEST_MONGODB");
    let url = url.expect("run `cargo xtask test`, or set CONFAB_TEST_MONGODB");
    let hosts = url.trim_start_matches("mongodb://").split('/').next().unwrap();
    hosts.split(',').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_waits_for_its_database_and_says_so() {
    let target = mongodb();
    let (home, port) = (Home::new(), free_port());
    let url = format!("mongodb://127.0.0.1:{port}/?directConnection=true&connectTimeoutMS=1000");
    let prefix = format!("waiting{}", std::process::id());
    let mut command = home.command(&["serve", "--store", "mongodb", "--mongodb-prefix", &prefix]);
    let server = Server::start(command.env("CONFAB_MONGODB_URL", url), home.port);

    until("the server answers", || server.get("/healthz").starts_with("HTTP/1.0 200"));
    let answer = server.get("/readyz");
    assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
    assert!(answer.contains(r#""missing":["auth","message"]"#), "{answer}");
    assert!(server.get("/.well-known/jwks.json").starts_with("HTTP/1.0 503"));

    forward(port, target.clone());
    server.wait_until_ready();
    assert!(server.get("/.well-known/jwks.json").starts_with("HTTP/1.0 200"));
    drop(server);
    forget(&target, &prefix).await;
}

#[test]
fn a_wrong_password_for_the_database_ends_the_server() {
    let url = format!("mongodb://nobody:hunter2@{}/?directConnection=true", mongodb());
    let home = Home::new();
    let said =
        failure(&output(home.command(&["serve", "--store", "mongodb"]).env("CONFAB_MONGODB_URL", url)));
    assert!(said.contains("refuses us") && said.contains("password in the URL"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

/// Leaves nothing behind in the database.
async fn forget(target: &str, prefix: &str) {
    let url = format!("mongodb://{target}/?directConnection=true");
    let client = mongodb::Client::with_uri_str(url).await.unwrap();
    for name in ["auth", "message"] {
        client.database(&format!("{prefix}_{name}")).drop().await.unwrap();
    }
}
