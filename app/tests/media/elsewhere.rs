//! Files that are kept in a bucket, through the whole program: moved there, served from there, and checked.

use std::fs;
use std::process::Command;

use secrecy::ExposeSecret;

use self::rclone::Rclone;
use crate::person::{Person, said};
use crate::process::{Home, Server, output};

#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../../services/media/src/blobs/rclone.rs"]
mod rclone;
/// Where what is included above looks for it.
mod s3 {
    pub use confab_media::blobs::S3Access;
}

/// More than two of the parts that large files are sent in.
const LINES: usize = 2_500_000;
/// What moves all of them.
const MOVE: [&str; 7] = ["admin", "media", "move", "--from", "local", "--to", "s3"];

/// The program with `arguments`, and all that it needs to know of the bucket.
fn with_bucket(home: &Home, rclone: &Rclone, arguments: &[&str]) -> Command {
    let (mut command, access) = (home.command(arguments), &rclone.access);
    command
        .env("CONFAB_MEDIA_S3_ENDPOINT", access.endpoint.as_ref().unwrap())
        .env("CONFAB_MEDIA_S3_BUCKET", &access.bucket)
        .env("CONFAB_MEDIA_S3_ACCESS_KEY_ID", &access.access_key_id)
        .env("CONFAB_MEDIA_S3_SECRET", access.secret_access_key.expose_secret());
    command
}

/// Runs `command` to its end, and returns whether it was content, and what it said.
fn run(mut command: Command) -> (bool, String) {
    let output = output(&mut command);
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

fn end(server: &mut Server) {
    server.signal("TERM");
    assert!(server.wait().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_moved_to_a_bucket_and_live_there() {
    let (home, rclone) = (Home::new(), Rclone::start().await);
    let mut server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    let long = b"a line\n".repeat(LINES);
    let files = [ada.keep("short.txt", b"short").await, ada.keep("long.txt", &long).await];
    end(&mut server);

    for expected in ["2 blobs with 16 MiB copied, 0 were there.", "0 blobs with 0 MiB copied, 2 were there."]
    {
        let (is_ok, text) = run(with_bucket(&home, &rclone, &MOVE));
        assert!(is_ok && text.starts_with(expected), "{text}");
    }
    // From now on they are there only.
    fs::remove_dir_all(home.data().join("media/blobs")).unwrap();
    let in_bucket = |arguments: &[&str]| {
        let mut command = with_bucket(&home, &rclone, arguments);
        command.env("CONFAB_MEDIA_BLOBS", "s3");
        command
    };
    let mut server = Server::start(&mut in_bucket(&["serve"]), home.port);
    server.wait_until_ready();
    assert_eq!(ada.read(&files[0]).await.unwrap(), b"short");
    assert!(ada.read(&files[1]).await.unwrap() == long);
    let part = ada.ask("GET", &format!("/media/{}", files[1])).header("range", "bytes=7000000-7000006");
    let part = part.send().await.unwrap();
    assert_eq!(said(&part, "content-range"), format!("bytes 7000000-7000006/{}", long.len()));
    assert_eq!(part.text().await.unwrap(), "a line\n");
    let new = ada.keep("new.txt", b"new").await;
    assert_eq!(ada.read(&new).await.unwrap(), b"new");
    end(&mut server);

    let (is_ok, text) = run(in_bucket(&["admin", "media", "check"]));
    assert!(is_ok && text.starts_with("3 blobs are needed, 3 are kept."), "{text}");
    // A bucket that has nothing of it is found out.
    let mut wrong = in_bucket(&["admin", "media", "check"]);
    wrong.env("CONFAB_MEDIA_S3_PREFIX", "nothing");
    let (is_ok, text) = run(wrong);
    let expected = "3 blobs are needed, 0 are kept.\n3 are missing or damaged, 0 are known to nothing.\n";
    assert!(!is_ok && text.ends_with(expected), "{text}");
}
