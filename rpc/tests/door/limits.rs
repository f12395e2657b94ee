//! Limits that are announced, and those that are met (rows H01, H03, H09).

use tokio::io::AsyncWriteExt;

use crate::http2::{
    Client, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, RST_STREAM, SETTINGS, frame, post,
};
use crate::place::{Place, rest};

const MAX_CONCURRENT_STREAMS: u16 = 3;
const MAX_FRAME_SIZE: u16 = 5;
const MAX_HEADER_LIST_SIZE: u16 = 6;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Fails unless the payload of SETTINGS announces the limits.
pub fn assert_limits(settings: &[u8]) {
    let setting = |id: u16| {
        let found = settings.chunks(6).find(|setting| setting[..2] == id.to_be_bytes())?;
        Some(u32::from_be_bytes(found[2..].try_into().unwrap()))
    };
    assert_eq!(setting(MAX_CONCURRENT_STREAMS), Some(128));
    assert_eq!(setting(MAX_HEADER_LIST_SIZE), Some(16 * 1024));
    assert_eq!(setting(MAX_FRAME_SIZE).unwrap_or(16 * 1024), 16 * 1024);
}

#[tokio::test]
async fn a_client_is_told_the_limits_and_held_to_them() {
    let place = Place::new().await;
    let mut client = Client::connect(place.address).await;
    let settings = client.until(|frame| frame.kind == SETTINGS).await.pop().unwrap();
    assert_limits(&settings.payload);

    // Twice as many as there may be, none of which is answered.
    for stream in (1..=511).step_by(2) {
        client.send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &post("/wait"))).await;
    }
    let said = client.until(|frame| frame.kind == GOAWAY).await;
    let refused: Vec<_> = said.iter().filter(|frame| frame.kind == RST_STREAM).collect();
    assert!((1..=64).contains(&refused.len()), "{} are refused, and then it ends", refused.len());
    assert!(refused.iter().all(|frame| frame.code() == REFUSED_STREAM), "{refused:?}");
    assert_eq!(said.last().map(Frame::code), Some(ENHANCE_YOUR_CALM));
    assert!(place.is_well().await);
    assert!(place.asked().iter().filter(|path| *path == "/wait").count() <= 128);
}

#[tokio::test]
async fn a_request_that_is_whole_is_answered() {
    let place = Place::new().await;
    let mut client = Client::connect(place.address).await;
    client.send(&frame(HEADERS, END_HEADERS, 1, &post("/echo"))).await;
    client.send(&frame(DATA, 0, 1, b"hello")).await;
    client.send(&frame(DATA, END_STREAM, 1, b"")).await;
    let frames = client.until(|frame| frame.kind == DATA).await;
    assert_eq!(frames.last().unwrap().payload, b"5 bytes\n");
}

#[tokio::test]
async fn whoever_is_one_too_many_is_turned_away_and_let_in_later() {
    for (connections, network_connections) in [(2, 0), (10, 2)] {
        let place = Place::with(connections, network_connections, None).await;
        let (mut first, second) = (place.connect().await, place.connect().await);
        first.write_all(b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut third = place.connect().await;
        assert_eq!(rest(&mut third).await, b"", "nothing is said to whoever is turned away");

        assert!(String::from_utf8(rest(&mut first).await).unwrap().starts_with("HTTP/1.1 200"));
        drop((first, second));
        while !place.is_well().await {}
    }
}
