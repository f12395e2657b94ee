//! Clients that take their time, and get none (row H06).

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http2::{DATA, END_HEADERS, HEADERS, PREFACE, SETTINGS, frame, post};
use crate::place::{Place, rest};

/// When whoever is slow is cut off: not at once, and not much later than after ten seconds.
const CUT: std::ops::Range<Duration> = Duration::from_secs(9)..Duration::from_secs(15);

/// What a slow client begins with, and what it is told at the end.
fn beginnings() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let hello = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    let head = frame(HEADERS, END_HEADERS, 1, &post("/slow"));
    vec![
        ("nothing", Vec::new(), ""),
        ("half a preface", PREFACE[..10].to_vec(), ""),
        ("half a head", b"GET / HTTP/1.1\r\nHost: a\r\nX-a: ".to_vec(), ""),
        (
            "half a body",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc".to_vec(),
            "HTTP/1.1 408",
        ),
        (
            "half a chunk",
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc".to_vec(),
            "HTTP/1.1 408",
        ),
        ("half a frame", [&hello[..], &frame(SETTINGS, 0, 0, &[0; 6])[..11]].concat(), ""),
        ("half a block of headers", [&hello[..], &frame(HEADERS, 0, 1, &post("/slow"))].concat(), ""),
        ("half a stream", [&hello[..], &head, &frame(DATA, 0, 1, b"abc")].concat(), "408"),
    ]
}

#[tokio::test]
async fn whoever_takes_too_long_is_cut_off() {
    let place = Place::new().await;
    let slow = beginnings().into_iter().map(|(what, begin, told)| {
        let place = &place;
        async move {
            let mut stream = place.connect().await;
            let since = Instant::now();
            stream.write_all(&begin).await.unwrap();
            if told == "408" {
                // An HTTP/2 connection goes on; only the stream ends.
                assert!(answered_408(&mut stream).await, "{what}");
            } else {
                let said = String::from_utf8_lossy(&rest(&mut stream).await).into_owned();
                assert!(said.contains(told), "{what}: {said}");
            }
            assert!(CUT.contains(&since.elapsed()), "{what}: cut off after {:?}", since.elapsed());
        }
    });
    let honest = async {
        for _ in 0..50 {
            assert!(place.is_well().await);
        }
    };
    tokio::join!(join_all(slow), honest);
}

/// Whether the status 408, as HPACK has it, comes before the end.
async fn answered_408(stream: &mut TcpStream) -> bool {
    let mut said = Vec::new();
    let mut part = [0; 1_024];
    loop {
        let count = stream.read(&mut part).await.unwrap_or(0);
        said.extend_from_slice(&part[..count]);
        // `408`, plain and as Huffman writes it.
        if said.windows(3).any(|three| three == b"408") || said.windows(2).any(|two| two == [0x68, 0x0f]) {
            return true;
        }
        if count == 0 {
            return false;
        }
    }
}
