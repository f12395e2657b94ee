//! What was acknowledged survives `kill -9`, and nothing else is left in the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use confab_bench::random::Random;
use tokio::task::JoinSet;

use crate::person::{Person, id, json};
use crate::process::{Home, Server, until};

/// How often the server is killed. `CONFAB_TEST_MEDIA_KILLS` asks for more.
const KILLS: usize = 8;
/// How many upload at once, and the largest file, in bytes.
const UPLOADERS: u64 = 4;
const FILE_BYTES_MAX: u64 = 300_000;
/// How long a server lives after it has kept something, in milliseconds.
const LIFE_MILLIS_MAX: u64 = 400;

/// How long the next file may take to be kept, and how often we look.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(5);

/// What somebody was told is kept.
type Kept = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_lost_no_acknowledged_file() {
    let kills = std::env::var("CONFAB_TEST_MEDIA_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let home = Home::new();
    let mut server = serve(&home);
    let ada = Person::join(home.port, "ada").await;
    let (kept, over) = (Kept::default(), Arc::new(AtomicBool::new(false)));
    let mut uploaders = JoinSet::new();
    for number in 0..UPLOADERS {
        let uploading = upload_until(ada.clone(), number, kept.clone(), over.clone());
        uploaders.spawn(uploading);
    }
    let mut random = Random::from_seed(7);
    for _ in 0..kills {
        one_more_is_kept(&kept).await;
        tokio::time::sleep(Duration::from_millis(random.below(LIFE_MILLIS_MAX))).await;
        server.signal("KILL");
        server.wait();
        server = serve(&home);
    }
    // What the last of them broke off goes when the next one starts.
    let spool = home.data().join("media/spool");
    let is_left = || std::fs::read_dir(&spool).unwrap().count();
    over.store(true, Ordering::Relaxed);
    while let Some(ended) = uploaders.join_next().await {
        ended.unwrap();
    }
    until("nothing is left of what was broken off", || is_left() == 0);
    let kept = kept.lock().unwrap().clone();
    for (id, bytes) in &kept {
        assert!(ada.read(id).await.as_ref() == Some(bytes), "{id} is lost or different");
    }
    println!("{kills} kills, {} files that were acknowledged", kept.len());
    assert_nothing_is_missing(&home, server);
}

/// A server that lets one person do what many do in a year, but upload no more at
/// once than they do here: an upload that a crash broke off is in nobody's way.
fn serve(home: &Home) -> Server {
    let uploads = UPLOADERS.to_string();
    let settings = ["serve", "--media-user-max-uploads", &uploads, "--rate-limits", "off"];
    let server = Server::start(&mut home.command(&settings), home.port);
    server.wait_until_ready();
    server
}

/// Waits until somebody is told that one more file is kept, however slow the machine is.
async fn one_more_is_kept(kept: &Kept) {
    let count = || kept.lock().unwrap().len();
    let (before, end) = (count(), Instant::now() + PATIENCE);
    while count() == before {
        assert!(Instant::now() < end, "nothing is kept any more");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Uploads one file after another, whatever becomes of the server.
async fn upload_until(person: Person, number: u64, kept: Kept, over: Arc<AtomicBool>) {
    let mut random = Random::from_seed(number);
    while !over.load(Ordering::Relaxed) {
        let size = usize::try_from(random.below(FILE_BYTES_MAX) + 1).unwrap();
        let letter = b'a' + u8::try_from(random.below(26)).unwrap();
        let text = format!("{} {}", random.number(), char::from(letter)).into_bytes();
        let bytes: Vec<u8> = text.iter().copied().cycle().take(size).collect();
        match person.upload("a.txt", bytes.clone()).await {
            Ok(response) if response.status() == 201 => {
                // What is not read to its end was not acknowledged.
                if let Some(answer) = json(response).await {
                    kept.lock().unwrap().push((id(&answer), bytes));
                }
            }
            Ok(_) | Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// The check finds no file without its bytes, and no bytes that nothing knows of.
fn assert_nothing_is_missing(home: &Home, mut server: Server) {
    server.signal("TERM");
    server.wait();
    let checked = home.run(&["admin", "media", "check"]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said} {checked:?}");
    assert!(said.contains("0 are missing or damaged, 0 are known to nothing."), "{said}");
}
