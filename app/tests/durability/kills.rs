//! What was acknowledged survives `kill -9`, at any moment, in every store.

use crate::ordeal::{Ordeal, Survived};
use crate::place::{home, quiet_port};
use crate::process::Server;

/// Fails if too little happened to prove anything.
fn assert_not_empty(survived: &Survived, kills_min: usize, ok_min: usize) {
    let Survived { kills, counts } = survived;
    assert!(*kills >= kills_min && counts.ok >= ok_min, "{kills} kills, {counts}");
    let happened = [counts.replayed, counts.refused, counts.unknown, counts.live, counts.pages];
    assert!(happened.into_iter().all(|count| count > 0), "{kills} kills, {counts}");
}

#[test]
fn a_killed_server_has_lost_no_acknowledged_message_and_doubled_none() {
    const KILLS_MIN: usize = 100;
    const OK_MIN: usize = 5_000;

    let home = home();
    let serve = ["serve", "--password-cost", "10", "--rate-limits", "off", "--conversation-limits", "off"];
    let start = || Server::start(&mut home.command(&serve), home.port);
    let survived = Ordeal::new(home.port, &start).survive(KILLS_MIN);
    assert_not_empty(&survived, KILLS_MIN, OK_MIN);
}

#[test]
fn a_killed_message_service_has_lost_no_acknowledged_message_and_doubled_none() {
    const KILLS_MIN: usize = 10;
    const OK_MIN: usize = 500;

    let url = std::env::var("CONFAB_TEST_MONGODB");
    let url = url.expect("run `cargo xtask test`, or set CONFAB_TEST_MONGODB");
    let (home, auth, message) = (home(), quiet_port(), quiet_port());
    let prefix = format!("durability{}", std::process::id());
    let start = |role| {
        let mut command = home.command(&["serve", "--only", role, "--password-cost", "10"]);
        command.args([
            "--store",
            "mongodb",
            "--mongodb-prefix",
            &prefix,
            "--rate-limits",
            "off",
            "--conversation-limits",
            "off",
        ]);
        command.env("CONFAB_MONGODB_URL", &url);
        for (name, port) in [("AUTH", auth), ("MESSAGE", message)] {
            command.env(format!("CONFAB_{name}_LISTEN"), format!("127.0.0.1:{port}"));
            command.env(format!("CONFAB_{name}_URL"), format!("http://127.0.0.1:{port}"));
        }
        // Whether it is ready is asked where people come in: at the gateway.
        Server::start(&mut command, home.port)
    };
    let _others = [start("gateway"), start("auth")];
    let survived = Ordeal::new(home.port, &|| start("message")).survive(KILLS_MIN);
    forget(&url, &prefix);
    assert_not_empty(&survived, KILLS_MIN, OK_MIN);
}

/// Leaves nothing behind in the database.
#[tokio::main(flavor = "current_thread")]
async fn forget(url: &str, prefix: &str) {
    let client = mongodb::Client::with_uri_str(url).await.unwrap();
    for name in ["auth", "message"] {
        client.database(&format!("{prefix}_{name}")).drop().await.unwrap();
    }
}
