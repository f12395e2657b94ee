//! Sends a server whatever bytes a test likes, through each of its doors, and reads all that comes back.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::pin::Pin;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, Request};
use confab_proto::Kind;
use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tonic::transport::{Channel, Endpoint};
use tower::{Service, ServiceExt};

/// How long anything may take before nobody waits any more.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long an answer may take before it hangs.
const HANG: Duration = Duration::from_secs(1);
/// How often what took longer is asked. A busy machine is late now and then; what hangs does so each time.
const TRIES: u32 = 3;
/// What a call that opens a stream is given, so that it has an end.
const STREAM_TIME: (&str, &str) = ("grpc-timeout", "300m");

/// Codes that say that it is our fault.
const OUR_FAULT: [i32; 4] = [2, 13, 14, 15];

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The code of gRPC, if there is one.
    pub code: Option<i32>,
    /// All of it, for people.
    pub text: String,
    /// What follows the head.
    pub body: Vec<u8>,
    pub took: Duration,
}

impl Answer {
    /// Whatever was asked, it was not our fault, and nothing of the inside is told.
    pub fn assert_sound(&self, what: &str) {
        assert!(self.code.is_none_or(|code| !OUR_FAULT.contains(&code)), "{what}: {self:?}");
        self.assert_keeps_quiet(what);
    }

    /// Nothing is said to be broken, and nothing of the inside is told.
    pub fn assert_keeps_quiet(&self, what: &str) {
        assert!(self.status < 500, "{what}: {self:?}");
        self.assert_tells_nothing(what);
    }

    /// Nothing of the inside is told.
    pub fn assert_tells_nothing(&self, what: &str) {
        for inside in ["/home", "/root", ".rs:", "panicked", "SELECT", "backtrace", "RUST"] {
            assert!(!self.text.contains(inside), "{what}: {inside}: {self:?}");
        }
    }
}

/// Looks how long answers take.
#[derive(Default)]
pub struct Watch {
    slowest: Cell<Duration>,
    again: Cell<u32>,
}

impl Watch {
    /// What is answered, unless whatever is called `what` hangs.
    pub fn promptly(&self, what: &str, ask: impl Fn() -> Answer) -> Answer {
        for _ in 0..TRIES {
            let answer = ask();
            if answer.took <= HANG {
                self.slowest.set(self.slowest.get().max(answer.took));
                return answer;
            }
            println!("{what}: only after {:?}", answer.took);
            self.again.set(self.again.get() + 1);
        }
        panic!("{what}: {TRIES} times there was no answer within {HANG:?}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        println!(
            "the slowest answer took {:?}; {} were late, and asked again",
            self.slowest.get(),
            self.again.get()
        );
    }
}

/// Sends a request of HTTP/1.0, whose answer is all that comes until the end of the connection.
pub fn ask(port: u16, line: &str, headers: &[&str], body: &[u8]) -> Answer {
    let since = Instant::now();
    let (line, length) = (format!("{line} HTTP/1.0"), format!("content-length: {}", body.len()));
    let own = [&line, "host: localhost", &length];
    let head = [&own[..], headers].concat().join("\r\n") + "\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // Whoever is refused at once may not have read all.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let mut said = Vec::new();
    if let Err(error) = stream.read_to_end(&mut said) {
        assert!(!said.is_empty(), "{line}: {error}");
    }
    let text = String::from_utf8_lossy(&said).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    let code = text.split("grpc-status:").nth(1).and_then(|rest| {
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    let body = said.windows(4).position(|four| four == b"\r\n\r\n").map(|end| said.split_off(end + 4));
    let status = status.unwrap_or_else(|| panic!("{line}: {text}"));
    Answer { status, code, text, body: body.unwrap_or_default(), took: since.elapsed() }
}

/// A call of gRPC-Web: `body` is all that is sent.
pub fn call_web(port: u16, path: &str, token: Option<&str>, body: &[u8]) -> Answer {
    let bearer = token.map(|token| format!("authorization: Bearer {token}"));
    let time = is_stream(path).then(|| format!("{}: {}", STREAM_TIME.0, STREAM_TIME.1));
    let mut headers = vec!["content-type: application/grpc-web+proto", "x-grpc-web: 1"];
    headers.extend(bearer.as_deref());
    headers.extend(time.as_deref());
    ask(port, &format!("POST {path}"), &headers, body)
}

/// A connection of gRPC, whose calls may be such as no client makes.
pub struct Grpc {
    runtime: Runtime,
    channel: Channel,
}

impl Grpc {
    /// To the server on `port`.
    pub fn new(port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
        let inside = runtime.enter();
        let channel = endpoint.connect_lazy();
        drop(inside);
        Self { runtime, channel }
    }

    /// A call in which `body` is all that is sent, and `kind` what it is said to be.
    pub fn call(&self, path: &str, kind: &str, token: Option<&str>, body: &[u8]) -> Answer {
        let mut request = Request::post(path).header("content-type", kind).header("te", "trailers");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if is_stream(path) {
            request = request.header(STREAM_TIME.0, STREAM_TIME.1);
        }
        let request = request.body(tonic::body::Body::new(Body::from(body.to_vec()))).unwrap();
        self.runtime.block_on(answered(self.channel.clone(), request))
    }

    /// The answers to `requests`, all of which are made at once.
    pub fn call_all(&self, requests: Vec<Request<tonic::body::Body>>) -> Vec<Answer> {
        let answers = requests.into_iter().map(|request| answered(self.channel.clone(), request));
        self.runtime.block_on(join_all(answers))
    }
}

async fn answered(mut channel: Channel, request: Request<tonic::body::Body>) -> Answer {
    let (since, path) = (Instant::now(), request.uri().path().to_owned());
    let answering = async { channel.ready().await?.call(request).await };
    let answer = tokio::time::timeout(PATIENCE, answering).await;
    let answer = answer.unwrap_or_else(|_| panic!("{path} hangs"));
    let (head, mut body) = answer.unwrap_or_else(|error| panic!("{path}: {error:?}")).into_parts();
    let (mut data, mut trailers) = (Vec::new(), HeaderMap::new());
    // Whoever has said why it reads no more may end the stream as it likes.
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        match frame.into_data() {
            Ok(bytes) => data.extend(bytes),
            Err(frame) => trailers.extend(frame.into_trailers().unwrap_or_default()),
        }
    }
    let code = [&trailers, &head.headers]
        .iter()
        .find_map(|headers| headers.get("grpc-status").and_then(|code| code.to_str().ok()?.parse().ok()));
    let text = format!("{head:?} {} {trailers:?}", String::from_utf8_lossy(&data));
    Answer { status: head.status.as_u16(), code, text, body: data, took: since.elapsed() }
}

/// Whether the RPC at `path` answers with a stream.
pub fn is_stream(path: &str) -> bool {
    confab_proto::method(path).is_some_and(|method| method.kind == Kind::Stream)
}

/// A message as it goes over the wire, with how long it is before it.
pub fn framed(message: &[u8]) -> Vec<u8> {
    [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}
