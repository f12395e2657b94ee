//! HTTP/1 requests that two readers may take for different things: one answer,
//! and the end of the connection (row G04).

use crate::place::Place;

/// What is hidden in the body of another request; more than once, so that nobody
/// waits for the rest of a body.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/// Heads of which it is not clear where the body after them ends.
fn heads() -> Vec<String> {
    let mut heads = Vec::new();
    let chunked = [
        "chunked",
        " chunked",
        "chunked ",
        "Chunked",
        "\tchunked",
        "chunked\t",
        "x, chunked",
        "chunked, chunked",
        "identity, chunked",
        "gzip, chunked",
        "xchunked",
        "chunked, x",
        "identity",
        "\"chunked\"",
        "chunked;q=1",
        "",
        "\u{b}chunked",
        "chunked\r\nTransfer-Encoding: x",
        "x\r\nTransfer-Encoding: chunked",
    ];
    let names = [
        "Transfer-Encoding",
        "transfer-encoding",
        "Transfer-Encoding ",
        " Transfer-Encoding",
        "Transfer_Encoding",
    ];
    for length in ["0", "5", "44"] {
        for value in chunked {
            heads.push(format!("Content-Length: {length}\r\nTransfer-Encoding: {value}"));
            heads.push(format!("Transfer-Encoding: {value}\r\nContent-Length: {length}"));
        }
        for name in names {
            heads.push(format!("{name}: chunked\r\nContent-Length: {length}x"));
        }
        for other in
            ["1", "00005", "+5", "-1", "5, 6", "5,5 6", "0x5", "5 5", "9999999999999999999999", "", "5\r\n 6"]
        {
            heads.push(format!("Content-Length: {length}1\r\nContent-Length: {other}2"));
        }
    }
    heads.extend([
        "X-a: b\r\n folded: c".to_owned(),
        "X-a: b\r\n\tfolded: c".to_owned(),
        "X-a : b".to_owned(),
        "X a: b".to_owned(),
        ": b".to_owned(),
        "X-a\0: b".to_owned(),
        "X-a: b\0c".to_owned(),
        "X-a: b\rc".to_owned(),
        "X-a: b\nContent-Length: 9\rX: y".to_owned(),
        "X(a): b".to_owned(),
        "Expect: 100-continue\r\nContent-Length: 5\r\nTransfer-Encoding: chunked".to_owned(),
        "Expect: 100-continue\r\nContent-Length: 44x".to_owned(),
        "Expect: 100-continue, x\r\nTransfer-Encoding: chunked".to_owned(),
        "Expect: 103-early\r\nTransfer-Encoding: chunked".to_owned(),
    ]);
    heads
}

/// Bodies in chunks that are not quite right, or go on after their end.
fn chunks() -> Vec<String> {
    let sizes = [
        "0",
        "00",
        "0;a=b",
        "0;a=\"\r\n\"",
        "0 ",
        " 0",
        "0x0",
        "-0",
        "+0",
        "0\n",
        "0;\n",
        "10000000000000000",
        "g",
    ];
    sizes.iter().map(|size| format!("{size}\r\n\r\n")).collect()
}

/// Heads whose lines end without a CR, which some readers take for their end.
const BARE: [&str; 6] = [
    "GET /first HTTP/1.1\nHost: a\n\n",
    "GET /first HTTP/1.1\r\nHost: a\n\r\n",
    "GET /first HTTP/1.1\r\nHost: a\r\n\n",
    "GET /first HTTP/1.1\nHost: a\r\n\r\n",
    "POST /first HTTP/1.1\r\nHost: a\nContent-Length: 3\r\n\r\nabc",
    "\nGET /first HTTP/1.1\r\nHost: a\r\n\r\n",
];

/// How many answers there are, without those that only say that one may go on.
fn answers(said: &str) -> usize {
    said.matches("HTTP/1.").count() - said.matches("HTTP/1.1 100").count()
}

#[tokio::test]
async fn nobody_finds_a_second_request_in_the_body_of_the_first() {
    let place = Place::new().await;
    let first = "POST /first HTTP/1.1\r\nHost: a";
    let mut cases: Vec<String> = Vec::new();
    for head in heads() {
        cases.push(format!("{first}\r\n{head}\r\n\r\n{HIDDEN}"));
        cases.push(format!("{first}\r\n{head}\r\n\r\n0\r\n\r\n{HIDDEN}"));
    }
    for chunk in chunks() {
        cases.push(format!("{first}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{HIDDEN}"));
    }
    for version in ["HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 "] {
        cases.push(format!("POST /first {version}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"));
    }
    cases.extend(BARE.iter().map(|bare| format!("{bare}{HIDDEN}")));
    assert!(cases.len() >= 200, "{}", cases.len());
    for case in cases {
        let said = place.say(case.as_bytes()).await;
        assert!(answers(&said) <= 1, "{case:?}: {said}");
        assert!(!said.contains("HTTP/1.1 5"), "{case:?}: {said}");
        assert!(!place.asked().contains(&"/hidden".to_owned()), "{case:?}");
    }
    assert!(place.is_well().await);
}

#[tokio::test]
async fn also_a_later_request_is_read_strictly() {
    let place = Place::new().await;
    let first = "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n\n\n\n\r\n\n";
    for bare in BARE {
        let said = place.say(format!("{first}{first}{bare}{HIDDEN}").as_bytes()).await;
        assert_eq!(said.matches("HTTP/1.1 200").count(), 2, "{bare:?}: {said}");
        assert!(said.matches("HTTP/1.1 400").count() <= 1, "{bare:?}: {said}");
        assert!(!place.asked().contains(&"/hidden".to_owned()), "{bare:?}");
    }
}

/// What proxies write before a connection, for servers that believe it (the PROXY protocol).
const PROXIES: [&[u8]; 5] = [
    b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n",
    b"PROXY TCP6 2001:db8::1 2001:db8::2 40000 443\r\n",
    b"PROXY UNKNOWN\r\n",
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\x01\xbb",
    b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0",
];

#[tokio::test]
async fn whoever_speaks_for_a_proxy_is_not_listened_to() {
    let place = Place::new().await;
    for proxy in PROXIES {
        for request in [HIDDEN.as_bytes(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"] {
            let said = place.say(&[proxy, request].concat()).await;
            assert!(!said.contains("HTTP/1.1 200"), "{}: {said}", String::from_utf8_lossy(proxy));
        }
    }
    assert_eq!(place.asked(), Vec::<String>::new());
}
