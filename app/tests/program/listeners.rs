//! Every port of every process holds clients to the same limits (row H01); and heads that are too long, and floods, take
//! little of one (rows H02, H04, H05). What a listener does with each kind of flood is tried in `rpc/tests/door`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use confab_bench::flood::Flood;
use confab_bench::process::Watched;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::http2::{
    CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PATIENCE, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, frame, header, post,
};
use crate::process::{Home, Server, free_port};
use crate::town::Town;

/// What SETTINGS calls its numbers (RFC 9113, section 6.5.2).
const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u8 = 4;
const MAX_HEADER_LIST_SIZE: u16 = 6;
const STREAMS_MAX: u32 = 128;
const HEADER_BYTES_MAX: u32 = 16 * 1024;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// How long it may take until whoever sends too much is told so, and how often a busy machine may be late.
const TOLD_MAX: Duration = Duration::from_secs(1);
const TRIES: usize = 3;
/// By how much the program may grow by heads that are too long, and by floods, in KiB.
const HEADS_KIB_MAX: u64 = 16 * 1024;
const FLOODS_KIB_MAX: u64 = 32 * 1024;
/// How many connections flood, and for how long; until one of them is told to go, if that takes longer.
const FLOODING: usize = 10;
const FLOOD: Duration = Duration::from_millis(300);
const FLOODS_MAX: usize = 50;
/// How much the program may have to do after that, in time of one core: on a busy machine it gets less of that.
const WORK_MAX: Duration = Duration::from_secs(5);
/// How long it may take until it is at rest before a test gives up.
const REST_WAIT_MAX: Duration = Duration::from_mins(1);
/// A program is at rest that has run for so little of such a time.
const LOOK: Duration = Duration::from_millis(500);
const REST_MAX: Duration = Duration::from_millis(50);

/// How a request is made an end of, and the frames that do it to a stream.
type End<'a> = (&'a str, &'a dyn Fn(u32) -> Vec<u8>);

/// A port, and a request that it answers with something: it stays open for as long as nobody reads.
struct Listener {
    what: &'static str,
    address: SocketAddr,
    request: fn(u32) -> Vec<u8>,
}

/// The headers of a GET: those of a POST with another first byte (RFC 7541, appendix A).
fn get(path: &str) -> Vec<u8> {
    [&[0x82], &post(path)[1..]].concat()
}

fn is_it_well(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, &get("/healthz"))
}

/// A call of gRPC, to whoever knows no `/healthz`.
fn watch_it(stream: u32) -> Vec<u8> {
    let head = [post("/grpc.health.v1.Health/Watch"), header("content-type", "application/grpc")].concat();
    [frame(HEADERS, END_HEADERS, stream, &head), frame(DATA, END_STREAM, stream, &[0; 5])].concat()
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn streams(count: u32) -> impl Iterator<Item = u32> {
    (1..2 * count).step_by(2)
}

impl Listener {
    /// What it announces as the number `id`.
    async fn announced(&self, id: u16) -> Option<u32> {
        let mut client = Client::connect(self.address).await;
        let settings = client.until(|frame| frame.kind == SETTINGS).await.pop().unwrap();
        let found = settings.payload.chunks(6).find(|setting| setting[..2] == id.to_be_bytes())?;
        Some(u32::from_be_bytes(found[2..].try_into().unwrap()))
    }

    /// Asks for twice as many streams as there may be, and reads nothing of what is answered.
    async fn refuses_too_many_streams(&self) {
        let what = self.what;
        let mut client = Client::connect(self.address).await;
        client.send(&frame(SETTINGS, 0, 0, &[0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0])).await;
        client.send(&streams(2 * STREAMS_MAX).flat_map(self.request).collect::<Vec<u8>>()).await;
        let said = client.until(|frame| frame.kind == GOAWAY).await;
        let of_kind = |kind: u8| said.iter().filter(move |frame| frame.kind == kind);
        assert_eq!(said.last().map(Frame::code), Some(ENHANCE_YOUR_CALM), "{what}: {said:?}");
        let refused = of_kind(RST_STREAM).count();
        assert!((1..=64).contains(&refused), "{what}: {refused} were refused");
        assert!(of_kind(RST_STREAM).all(|frame| frame.code() == REFUSED_STREAM), "{what}: {said:?}");
        assert!(of_kind(HEADERS).count() <= STREAMS_MAX as usize, "{what}: more were answered");
    }

    /// Makes one mistake for each stream, or takes it back; both end in GOAWAY.
    async fn bears_few_mistakes(&self) {
        let no_window = |stream| frame(WINDOW_UPDATE, 0, stream, &[0; 4]);
        let reset = |stream| frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
        let ends: [End; 2] = [("mistakes", &no_window), ("resets", &reset)];
        for (kind, end) in ends {
            let begin = |stream| frame(HEADERS, END_HEADERS, stream, &post("/grpc.health.v1.Health/Watch"));
            let bytes: Vec<u8> =
                streams(10 * STREAMS_MAX).flat_map(|stream| [begin(stream), end(stream)].concat()).collect();
            let (_, said) = Client::connect(self.address).await.flood(&bytes, 1).await;
            let is_told = said.iter().any(|frame| frame.kind == GOAWAY && frame.code() != 0);
            assert!(is_told, "{}: {kind}: {:?}", self.what, said.last());
        }
    }
}

#[tokio::test]
async fn every_listener_announces_its_limits_and_ends_whoever_goes_beyond_them() {
    let (home, admin, town) = (Home::new(), free_port(), Town::new());
    let place = format!("127.0.0.1:{admin}");
    let server = Server::start(&mut home.command(&["serve", "--admin-listen", &place]), home.port);
    server.wait_until_ready();
    let listener = |what, port, request| Listener { what, address: loopback(port), request };
    for listener in [
        listener("all in one", home.port, is_it_well),
        listener("the admin port", admin, is_it_well),
        listener("the gateway alone", town.gateway(), is_it_well),
        listener("auth alone", town.auth, watch_it),
        listener("message alone", town.message, watch_it),
        listener("media alone", town.media, watch_it),
    ] {
        assert_eq!(listener.announced(MAX_CONCURRENT_STREAMS).await, Some(STREAMS_MAX), "{}", listener.what);
        let header_bytes = listener.announced(MAX_HEADER_LIST_SIZE).await;
        assert_eq!(header_bytes, Some(HEADER_BYTES_MAX), "{}", listener.what);
        listener.refuses_too_many_streams().await;
        listener.bears_few_mistakes().await;
        // Others are let in as before.
        assert_eq!(listener.announced(MAX_CONCURRENT_STREAMS).await, Some(STREAMS_MAX), "{}", listener.what);
    }
}

/// A header of HTTP/2 whose value has so many letters, as HPACK has it without its table (RFC 7541, section 5.1).
fn long_header(length: usize) -> Vec<u8> {
    let mut header = vec![0, 1, b'x', 127];
    let mut rest = length - 127;
    while rest >= 128 {
        header.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    header.push(u8::try_from(rest).unwrap());
    header.resize(header.len() + length, b'y');
    header
}

/// A request of HTTP/2 with these headers, in as many frames as it takes.
fn in_frames(headers: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = headers.chunks(16 * 1024).collect();
    let mut bytes = frame(HEADERS, END_STREAM, 1, &get("/healthz"));
    for (index, part) in parts.iter().enumerate() {
        let flags = if index + 1 == parts.len() { END_HEADERS } else { 0 };
        bytes.extend(frame(CONTINUATION, flags, 1, part));
    }
    bytes
}

/// Heads that are too long: each with what it is, and whether it is of HTTP/2.
fn heads() -> Vec<(&'static str, bool, Vec<u8>)> {
    let http1 = |rest: String| format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{rest}").into_bytes();
    let lines: Vec<String> = (0..10_000).map(|number| format!("x-{number}: y\r\n")).collect();
    let many: Vec<u8> = (0..10_000).flat_map(|number| header(&format!("x-{number}"), "y")).collect();
    // An entry of the table, and what means it again, in one byte each.
    let large = [&[0x40, 1, b'x', 127, 0xa1, 0x1e][..], &[b'y'; 4_000]].concat();
    let bomb = [large, vec![0xbe; 1_000_000]].concat();
    vec![
        ("10,000 headers", false, http1(lines.concat() + "\r\n")),
        ("a header of 1 MB", false, http1(format!("x: {}\r\n\r\n", "y".repeat(1_000_000)))),
        ("a name of 1 MB", false, http1(format!("{}: y\r\n\r\n", "x".repeat(1_000_000)))),
        (
            "a path of 1 MB",
            false,
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(1_000_000)).into(),
        ),
        ("10,000 headers", true, in_frames(&many)),
        ("a header of 1 MB", true, in_frames(&long_header(1_000_000))),
        ("an entry of the table a million times", true, in_frames(&bomb)),
    ]
}

/// Sends a head, and makes sure that it is refused: with 431 or the like over HTTP/1, and GOAWAY or a stream that ends
/// over HTTP/2.
async fn is_refused(address: SocketAddr, is_http2: bool, bytes: &[u8]) -> bool {
    if is_http2 {
        let (_, said) = Client::connect(address).await.flood(bytes, 1).await;
        return said.iter().any(|frame| [GOAWAY, RST_STREAM, HEADERS].contains(&frame.kind))
            && said.iter().all(|frame| frame.kind != DATA);
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever is refused in the middle of a long word cannot end it.
    let _ = timeout(PATIENCE, stream.write_all(bytes)).await.unwrap();
    let mut said = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("the connection ends");
    let said = String::from_utf8_lossy(&said).into_owned();
    // It may be lost, as there is more to read than anybody does.
    said.is_empty() || said.starts_with("HTTP/1.1 4")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_are_too_long_are_refused_at_once_and_take_little_memory() {
    let home = Home::new();
    let server = Server::start(home.command(&["serve"]).env("CONFAB_LOG", "info"), home.port);
    server.wait_until_ready();
    let (address, watched) = (loopback(home.port), watched(&server));
    let before = watched.peak_kib().unwrap();
    for (what, is_http2, bytes) in heads() {
        let mut is_in_time = false;
        for _ in 0..TRIES {
            let since = Instant::now();
            assert!(is_refused(address, is_http2, &bytes).await, "{what}, HTTP/2: {is_http2}");
            println!("{what}, HTTP/2: {is_http2}: refused after {:?}", since.elapsed());
            is_in_time = since.elapsed() <= TOLD_MAX;
            if is_in_time {
                break;
            }
        }
        assert!(is_in_time, "{what}, HTTP/2: {is_http2}: {TRIES} times not within {TOLD_MAX:?}");
        assert!(server.get("/healthz").starts_with("HTTP/1.0 200"));
    }
    let grown = watched.peak_kib().unwrap() - before;
    println!("the program has grown by {grown} KiB");
    assert!(grown <= HEADS_KIB_MAX, "{grown} KiB");
}

fn watched(server: &Server) -> Watched {
    Watched { name: "confab".to_owned(), pid: server.id() }
}

/// Waits until the program has next to nothing to do, and returns how long it has worked meanwhile.
async fn rest(watched: &Watched) -> Duration {
    let (mut looking, begun) = (interval(LOOK), watched.cost().unwrap().cpu);
    let mut before = begun;
    looking.tick().await;
    loop {
        looking.tick().await;
        let cpu = watched.cost().unwrap().cpu;
        if cpu.saturating_sub(before) <= REST_MAX {
            return cpu.saturating_sub(begun);
        }
        before = cpu;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_take_little_memory_and_leave_no_work_behind() {
    let home = Home::new();
    // Otherwise whoever floods again and again waits, and floods no more.
    let mut command = home.command(&["serve", "--network-connections", "0"]);
    // A line for each frame, which is what a search for secrets asks for, is more work than the frame.
    command.env("CONFAB_LOG", "info");
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    let watched = watched(&server);
    let before = watched.peak_kib().unwrap();
    for flood in Flood::ALL {
        let mut ended = 0;
        for _ in 0..FLOODS_MAX {
            ended += flood.pour(home.port, FLOODING, Instant::now() + FLOOD).await.unwrap();
            if ended > 0 {
                break;
            }
        }
        assert!(ended > 0, "{}: nobody was told to go", flood.name());
        let work = timeout(REST_WAIT_MAX, rest(&watched)).await.expect("it comes to rest");
        println!("{}: {ended} connections ended, at rest after {work:?} of one core", flood.name());
        assert!(work <= WORK_MAX, "{}: it has worked for {work:?} more", flood.name());
        assert!(server.get("/healthz").starts_with("HTTP/1.0 200"), "{}", flood.name());
    }
    let grown = watched.peak_kib().unwrap() - before;
    println!("the program has grown by {grown} KiB");
    assert!(grown <= FLOODS_KIB_MAX, "{grown} KiB");
}
