//! Clients that keep a server busy with nothing: each is told to go soon, and
//! everybody else is answered meanwhile (rows H01, H02, H04, H05).

use std::time::{Duration, Instant};

use crate::http2::{
    CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PING, PRIORITY, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, frame, header, post,
};
use crate::place::Place;

/// How many frames are sent if nobody minds.
const FRAMES: usize = 1_000_000;
/// How many of them the server may take before it ends the connection, with
/// what lies in buffers on the way.
const TAKEN_MAX: usize = 500_000;
/// How long it may take for that.
const TOLD_MAX: Duration = Duration::from_secs(1);
/// How often what took longer is tried. A busy machine is late now and then; what takes too long does so each time.
const TRIES: usize = 3;

/// Sends `bytes` up to `times` times after `begin`, makes sure that it ends in time, and that others are answered.
/// Returns how often they were taken, and all that was said.
async fn flood(place: &Place, what: &str, begin: &[u8], bytes: &[u8], times: usize) -> (usize, Vec<Frame>) {
    for _ in 0..TRIES {
        let mut client = Client::connect(place.address).await;
        client.send(begin).await;
        let since = Instant::now();
        let (taken, said) = client.flood(bytes, times).await;
        println!("{what}: taken {taken} times, ended after {:?}", since.elapsed());
        assert!(place.is_well().await, "{what}");
        if since.elapsed() <= TOLD_MAX {
            return (taken, said);
        }
    }
    panic!("{what}: {TRIES} times it has not ended within {TOLD_MAX:?}");
}

/// The same for frames without end.
async fn flood_without_end(place: &Place, what: &str, begin: &[u8], frame: &[u8]) -> Vec<Frame> {
    let (taken, said) = flood(place, what, begin, frame, FRAMES).await;
    assert!(taken < TAKEN_MAX, "{what}: took {taken} frames");
    said
}

fn is_goaway(frame: &Frame) -> bool {
    frame.kind == GOAWAY && frame.code() != 0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_say_nothing_end_in_goaway() {
    let place = Place::new().await;
    for (what, bytes) in [
        ("PING", frame(PING, 0, 0, &[0; 8])),
        ("PING that answers", frame(PING, 1, 0, &[0; 8])),
        ("SETTINGS", frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100])),
        ("empty SETTINGS", frame(SETTINGS, 0, 0, &[])),
        ("PRIORITY", frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 16])),
        ("WINDOW_UPDATE", frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1])),
        ("what nobody knows", frame(0xee, 0, 0, b"?")),
    ] {
        let said = flood_without_end(&place, what, b"", &bytes).await;
        assert!(said.iter().any(is_goaway), "{what}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_without_end_end_the_connection() {
    let place = Place::new().await;
    let begin = frame(HEADERS, END_STREAM, 1, &post("/never"));
    for (what, bytes) in [
        ("empty CONTINUATION", frame(CONTINUATION, 0, 1, b"")),
        ("CONTINUATION", frame(CONTINUATION, 0, 1, &header("x-a", "b"))),
        ("large CONTINUATION", frame(CONTINUATION, 0, 1, &header("x-a", &"b".repeat(100)).repeat(150))),
        // An entry of the table, which takes one byte each time it is meant again.
        (
            "references",
            frame(
                CONTINUATION,
                0,
                1,
                &[vec![0x40], header("x-a", "b")[1..].to_vec(), vec![0xbe; 16_000]].concat(),
            ),
        ),
    ] {
        flood_without_end(&place, what, &begin, &bytes).await;
    }
    assert!(!place.asked().contains(&"/never".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_that_holds_nothing_ends_the_connection() {
    let place = Place::new().await;
    let begin = frame(HEADERS, END_HEADERS, 1, &post("/wait"));
    for (what, bytes) in
        [("empty DATA", frame(DATA, 0, 1, b"")), ("DATA of one byte", frame(DATA, 0, 1, b"x"))]
    {
        flood_without_end(&place, what, &begin, &bytes).await;
    }
}

/// How a request is made an end of, and the frames that do it to a stream.
type End<'a> = (&'a str, &'a dyn Fn(u32) -> Vec<u8>);

/// So many requests, each followed by what makes an end of it.
fn abuse(times: u32, end: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    let request = |stream| [frame(HEADERS, END_HEADERS, stream, &post("/wait")), end(stream)].concat();
    (1..=2 * times).step_by(2).flat_map(request).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_taken_back_end_in_goaway() {
    const REQUESTS: u32 = 100_000;
    let place = Place::new().await;
    let reset = |stream| frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
    // What makes us reset the stream in their place.
    let no_window = |stream| frame(WINDOW_UPDATE, 0, stream, &[0; 4]);
    let too_much = |stream| frame(WINDOW_UPDATE, 0, stream, &[0x7f, 0xff, 0xff, 0xff]);
    let after_end = |stream| [frame(DATA, END_STREAM, stream, b""), frame(DATA, 0, stream, b"more")].concat();
    let of_itself = |stream: u32| frame(PRIORITY, 0, stream, &[&stream.to_be_bytes()[..], &[16]].concat());
    let ends: [End; 5] = [
        ("RST_STREAM", &reset),
        ("WINDOW_UPDATE of zero", &no_window),
        ("WINDOW_UPDATE of too much", &too_much),
        ("DATA after the end", &after_end),
        ("PRIORITY that depends on itself", &of_itself),
    ];
    for (what, end) in ends {
        let (_, said) = flood(&place, what, b"", &abuse(REQUESTS, end), 1).await;
        assert!(said.iter().any(is_goaway), "{what}: {:?}", said.last());
    }
    let begun = place.asked().iter().filter(|path| *path == "/wait").count();
    assert!(begun < 20_000, "{begun} requests were worked on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_to_flood_waits_and_nobody_is_shut_out() {
    // As long as those wait that come again and again, or a little less.
    const WAIT: Duration = Duration::from_millis(1_900);
    const TIMES_MAX: usize = 100;
    let place = Place::with(1_000, 100, None).await;
    let mut there = Client::connect(place.address).await;
    let nothing = frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]).repeat(3_000);
    let mut times = 0;
    loop {
        let since = Instant::now();
        let said = Client::connect(place.address).await.flood(&nothing, 1).await.1;
        assert!(said.iter().any(is_goaway), "{said:?}");
        if since.elapsed() >= WAIT {
            break;
        }
        times += 1;
        assert!(times < TIMES_MAX, "nobody waits after {times} times");
    }
    println!("they wait after {times} times");
    // Whoever was there before goes on, and whoever is new is answered, if later.
    there.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &post("/there"))).await;
    there.until(|frame| frame.kind == DATA).await;
    let since = Instant::now();
    assert!(place.is_well().await);
    assert!(since.elapsed() >= WAIT, "{:?}", since.elapsed());
}
