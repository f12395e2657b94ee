//! Clients that go away, say nothing or come all at once, files that are too long, a disk that is full, pictures that
//! are traps: all over HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use confab_bench::process::Watched;
use futures_util::future::join_all;

use crate::person::{Person, json};
use crate::process::{Home, Server, until};

/// A server that takes one file of a person at once, and one where people may not say nothing for long.
const ONE_AT_ONCE: [&str; 3] = ["serve", "--media-user-max-uploads", "1"];
const SILENCE: [&str; 2] = ["--media-upload-silence", "1s"];
/// How much a file of the server may have, in blocks of 512 bytes.
const FILE_BLOCKS_MAX: &str = "8192";
/// How many upload at once, how much each of them, in bytes, and by how much the server may grow, in KiB: half of that.
/// It is gateway and service in one; `cargo xtask bench uploads` measures the service alone.
const CROWD: usize = 64;
const CROWD_FILE_BYTES: usize = 3 * 1024 * 1024;
const GROWTH_KIB_MAX: u64 = 96 * 1024;
/// How long a file may be in a test, in bytes.
const FILE_BYTES_MAX: usize = 1_000;
/// How long a bomb may keep the server; of so many, since the machine may have something else to do as well.
const ATTEMPTS: usize = 5;
const REFUSED_WITHIN: Duration = Duration::from_secs(1);

/// Begins to upload a hundred bytes, and sends five of them.
fn half(home: &Home, person: &Person) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", home.port)).unwrap();
    let head = format!(
        "POST /media?purpose=message&name=a.txt HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\
         authorization: Bearer {}\r\n\r\nhello",
        person.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Uploads until that is answered with `status`.
async fn upload_until(person: &Person, status: u16) {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let answer = person.upload("a.txt", b"hello".to_vec()).await.unwrap();
        if answer.status() == status {
            return;
        }
        assert!(Instant::now() < end, "the answer is still {}", answer.status());
        tokio::task::yield_now().await;
    }
}

fn spooled(home: &Home) -> usize {
    std::fs::read_dir(home.data().join("media/spool")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_makes_room_for_the_next() {
    let home = Home::new();
    let server = Server::start(&mut home.command(&ONE_AT_ONCE), home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    let gone = half(&home, &ada);
    until("it is being uploaded", || spooled(&home) == 1);
    let refused = ada.upload("a.txt", b"hello".to_vec()).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(json(refused).await.unwrap()["reason"], "QUOTA_UPLOADS");
    drop(gone);
    upload_until(&ada, 201).await;
    until("nothing is left of it", || spooled(&home) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_is_sent_away_and_makes_room_for_the_next() {
    let home = Home::new();
    let server = Server::start(home.command(&ONE_AT_ONCE).args(SILENCE), home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    let (mut silent, mut answer) = (half(&home, &ada), String::new());
    silent.read_to_string(&mut answer).unwrap_or_default();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("UPLOAD_BROKEN_OFF"), "{answer}");
    upload_until(&ada, 201).await;
    until("nothing is left of it", || spooled(&home) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_to_be_one_and_leaves_nothing_half() {
    let home = Home::new();
    // Whoever writes more into a file is told that there is no room, and is not killed for it.
    let limited = format!("trap '' XFSZ; ulimit -f {FILE_BLOCKS_MAX}; exec \"$@\"");
    let own = home.command(&["serve"]);
    let mut command = Command::new("sh");
    command.args(["-c", &limited, "sh"]).arg(own.get_program()).args(own.get_args());
    for (name, value) in own.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    let fits = ada.keep("small.txt", b"small").await;

    let large = "a line of a file\n".repeat(400_000).into_bytes();
    let refused = ada.upload("large.txt", large.clone()).await.unwrap();
    assert_eq!(refused.status(), 507);
    assert_eq!(json(refused).await.unwrap()["reason"], "STORE_FULL");
    until("nothing is left of it", || spooled(&home) == 0);

    // What was there is there, and there is room for what fits.
    assert_eq!(ada.read(&fits).await.unwrap(), b"small");
    let usage = json(ada.ask("GET", "/v1/me/media").send().await.unwrap()).await.unwrap();
    assert_eq!(usage["usage"]["files"], "1");
    ada.keep("medium.txt", &large[..1_000_000]).await;
}

#[tokio::test]
async fn a_picture_of_65_bytes_that_would_be_gigabytes_is_refused_within_a_second() {
    let home = Home::new();
    let server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    // 60,000 by 60,000, and next to nothing in it.
    let bomb = "89504e470d0a1a0a0000000d494844520000ea600000ea6008020000000fb0e215\
                0000000849444154789c030000000001480689d20000000049454e44ae426082";
    let bomb = hex::decode(bomb).unwrap();
    assert_eq!(bomb.len(), 65);
    let mut taken = Vec::new();
    for _ in 0..ATTEMPTS {
        let begun = Instant::now();
        let refused = ada.upload("bomb.png", bomb.clone()).await.unwrap();
        taken.push(begun.elapsed());
        assert_eq!(refused.status(), 400);
        assert_eq!(json(refused).await.unwrap()["reason"], "PICTURE_TOO_LARGE");
    }
    let least = taken.iter().min().copied().unwrap_or(Duration::MAX);
    assert!(least <= REFUSED_WITHIN, "{taken:?}");
    assert!(server.get("/readyz").starts_with("HTTP/1.0 200"));
}

#[tokio::test]
async fn a_file_may_be_as_long_as_it_may_and_not_one_byte_longer() {
    let home = Home::new();
    let limit = FILE_BYTES_MAX.to_string();
    let server = Server::start(&mut home.command(&["serve", "--media-file-max-bytes", &limit]), home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    ada.keep("longest.txt", &[b'a'; FILE_BYTES_MAX]).await;
    let refused = ada.upload("longer.txt", vec![b'a'; FILE_BYTES_MAX + 1]).await.unwrap();
    assert_eq!(refused.status(), 413);
    assert_eq!(json(refused).await.unwrap()["reason"], "FILE_TOO_LARGE");

    // Of what is announced to be longer, nothing is waited for.
    let mut stream = TcpStream::connect(("127.0.0.1", home.port)).unwrap();
    let head = format!(
        "POST /media?purpose=message HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\
         authorization: Bearer {}\r\n\r\n",
        FILE_BYTES_MAX + 1,
        ada.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap_or_default();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    until("nothing is left of them", || spooled(&home) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_uploads_at_once_do_not_take_the_memory_of_their_files() {
    let home = Home::new();
    let settings = ["serve", "--media-user-max-uploads", "64", "--rate-limits", "off"];
    let server = Server::start(&mut home.command(&settings), home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    ada.keep("first.txt", b"first").await;
    let watched = Watched { name: "confab".to_owned(), pid: server.id() };
    let before = watched.peak_kib().unwrap();
    let text = Bytes::from(vec![b'a'; CROWD_FILE_BYTES]);
    let upload = |_| {
        let request = ada.ask("POST", "/media?purpose=message&name=a.txt");
        request.body(text.clone()).send()
    };
    for answer in join_all((0..CROWD).map(upload)).await {
        assert_eq!(answer.unwrap().status(), 201);
    }
    let grown = watched.peak_kib().unwrap() - before;
    println!("{CROWD} uploads of {CROWD_FILE_BYTES} bytes: {grown} KiB more");
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB");
}
