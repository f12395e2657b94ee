//! Files that are kept in a bucket, through the whole program: moved there, served from there, and checked.

use std::fs;
use std::process::Command;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use secrecy::ExposeSecret;

use self::rclone::Rclone;
use crate::person::{Person, json, said};
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

/// Who goes nowhere by themselves.
fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// Four frames of an MP3 of 128 kbit/s.
fn sound() -> Vec<u8> {
    [&[0xFF, 0xFB, 0x90, 0x00][..], &[0; 413]].concat().repeat(4)
}

async fn get(person: &Person, path: &str) -> Response {
    client().execute(person.ask("GET", path).build().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_sent_to_a_bucket_if_operators_want_it_and_only_for_what_they_may_see() {
    let (home, rclone) = (Home::new(), Rclone::start().await);
    let origin = rclone.access.endpoint.clone().unwrap();
    let mut command = with_bucket(&home, &rclone, &["serve"]);
    command.env("CONFAB_MEDIA_BLOBS", "s3").env("CONFAB_MEDIA_S3_REDIRECT", &origin);
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    let (ada, bob) = (Person::join(home.port, "ada").await, Person::join(home.port, "bob").await);
    let file = format!("/media/{}", ada.keep("ž.html", b"<script>alert(1)</script>").await);

    let sent = get(&ada, &file).await;
    assert_eq!((sent.status().as_u16(), said(&sent, "cache-control")), (307, "no-store"));
    let address = said(&sent, "location").to_owned();
    assert!(address.starts_with(&format!("{origin}/blobs/confab/")), "{address}");
    for part in [
        "X-Amz-Expires=60&",
        "response-content-type=text%2Fplain%3B%20charset%3Dutf-8",
        "response-content-disposition=attachment%3B%20filename%3D%22_.html.txt%22",
    ] {
        assert!(address.contains(part), "{address}");
    }
    assert_eq!(sent.text().await.unwrap(), "");
    // Whoever is sent there brings nothing with them, and gets the file and no other.
    let loaded = client().get(&address).send().await.unwrap();
    assert_eq!(loaded.text().await.unwrap(), "<script>alert(1)</script>");
    for wrong in [
        address.replace("text%2Fplain", "text%2Fhtml"),
        address.replace("=attachment", "=inline"),
        address.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        address.replace("/blobs/confab/", "/blobs/other/"),
    ] {
        let refused = client().get(&wrong).send().await.unwrap();
        assert!(refused.status().is_client_error(), "{wrong}: {}", refused.status());
    }
    let part = ada.ask("GET", &file).header("range", "bytes=1-6").send().await.unwrap();
    // This bucket sends a part, says which, and does not call it one.
    assert_eq!(said(&part, "content-range"), "bytes 1-6/25");
    assert_eq!(part.text().await.unwrap(), "script");

    // Who may not see it is sent nowhere.
    let refused = get(&bob, &file).await;
    assert_eq!((refused.status().as_u16(), said(&refused, "location")), (404, ""));
    let refused = client().get(format!("http://127.0.0.1:{}{file}", home.port)).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), said(&refused, "location")), (401, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bucket_cannot_do_as_well_is_served_from_here() {
    let (home, rclone) = (Home::new(), Rclone::start().await);
    let origin = rclone.access.endpoint.clone().unwrap();
    let mut command = with_bucket(&home, &rclone, &["serve"]);
    command.env("CONFAB_MEDIA_BLOBS", "s3").env("CONFAB_MEDIA_S3_REDIRECT", &origin);
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    let (text, sound) = (ada.keep("a.txt", b"hello").await, ada.keep("a.mp3", &sound()).await);

    // What is played is loaded part by part, for longer than an address is good; what is kept is not.
    let played = get(&ada, &format!("/media/{sound}")).await;
    assert_eq!((played.status().as_u16(), said(&played, "content-type")), (200, "audio/mpeg"));
    assert_eq!(get(&ada, &format!("/media/{sound}?download")).await.status(), 307);
    // What a page would run or read has our policy with it.
    for (destination, status) in [("script", 200), ("empty", 200), ("image", 307), ("document", 307)] {
        let request = ada.ask("GET", &format!("/media/{text}")).header("sec-fetch-dest", destination);
        let answer = client().execute(request.build().unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{destination}");
        assert_eq!(said(&answer, "x-content-type-options"), "nosniff");
    }
    // What somebody has already is not loaded again, wherever it is.
    let path = format!("/media/{text}");
    let head = ada.ask("HEAD", &path).send().await.unwrap();
    assert_eq!((head.status().as_u16(), said(&head, "content-length")), (200, "5"));
    let known = ada.ask("GET", &path).header("if-none-match", said(&head, "etag")).build().unwrap();
    assert_eq!(client().execute(known).await.unwrap().status(), 304);
    // An address that we have signed is checked each time.
    let signed =
        ada.ask("POST", &format!("/v1/media/{text}:sign")).header("content-type", "application/json");
    let signed = json(signed.body("{}").send().await.unwrap()).await.unwrap();
    let address = format!("http://127.0.0.1:{}{}", home.port, signed["path"].as_str().unwrap());
    assert_eq!(client().get(address).send().await.unwrap().status(), 200);

    let page = client().get(format!("http://127.0.0.1:{}/", home.port)).send().await.unwrap();
    let expected = format!("img-src 'self' data: blob: {origin};");
    assert!(said(&page, "content-security-policy").contains(&expected), "{:?}", page.headers());
}
