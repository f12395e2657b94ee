//! What a browser does, byte by byte: gRPC-Web over HTTP/1.1, cookies, streams.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use confab_proto::auth::v1::{GetMeRequest, SessionDelivery, SignUpRequest};
use confab_proto::message::v1::SubscribeRequest;
use prost::Message;

use crate::process::{Home, Server};
use crate::town::Town;

/// How long a browser waits for the next byte.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The length of an id, as text.
const ID_CHARS: usize = 36;

/// A page of the server itself.
struct Page {
    port: u16,
    cookie: String,
}

impl Page {
    fn of(home: &Home) -> Self {
        Self { port: home.port, cookie: String::new() }
    }

    /// Begins a call, and returns the connection with the answer in it.
    fn begin(&self, method: &str, message: &impl Message, headers: &[&str]) -> TcpStream {
        let message = message.encode_to_vec();
        let mut body = vec![0];
        body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        body.extend(message);
        let own = [
            format!("POST /{method} HTTP/1.1"),
            format!("Host: localhost:{}", self.port),
            "Content-Type: application/grpc-web+proto".to_owned(),
            format!("Content-Length: {}", body.len()),
            format!("Cookie: {}", self.cookie),
        ];
        let lines: Vec<&str> = own.iter().map(String::as_str).chain(headers.iter().copied()).collect();
        let request = lines.join("\r\n") + "\r\n\r\n";
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(SILENCE_MAX)).unwrap();
        stream.write_all(&[request.as_bytes(), &body].concat()).unwrap();
        stream
    }

    /// A whole call, as text.
    fn call(&self, method: &str, message: &impl Message, headers: &[&str]) -> String {
        let close = [headers, &["Connection: close"]].concat();
        let mut answer = Vec::new();
        self.begin(method, message, &close).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Signs up, and keeps the cookie as a browser does.
    fn join(&mut self) -> String {
        let request = SignUpRequest {
            email: "ada@example.com".into(),
            password: "correct horse 7".into(),
            name: "Ada".into(),
            session_delivery: SessionDelivery::Cookie.into(),
            ..SignUpRequest::default()
        };
        let answer = self.call("confab.auth.v1.AuthService/SignUp", &request, &[OWN_PAGE]);
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect(&answer);
        cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
        cookie.to_owned()
    }
}

const OWN_PAGE: &str = "Sec-Fetch-Site: same-origin";
const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const SUBSCRIBE: &str = "confab.message.v1.LiveService/Subscribe";

/// Reads until what was read is `enough`.
fn read_until(stream: &mut TcpStream, enough: impl Fn(&str) -> bool) {
    let (mut read, mut part) = (Vec::new(), [0; 1_024]);
    while !enough(&String::from_utf8_lossy(&read)) {
        let count = stream.read(&mut part).unwrap();
        assert!(count > 0, "ended after {}", String::from_utf8_lossy(&read));
        read.extend(&part[..count]);
    }
}

#[test]
fn a_browser_stays_signed_in_by_a_cookie_that_no_script_can_read() {
    let home = Home::new();
    let _server = home.serve();
    let mut page = Page::of(&home);
    let cookie = page.join();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert!(value.starts_with("__Host-confab=") && value.len() == "__Host-confab=".len() + 43, "{cookie}");
    assert_eq!(attributes, "Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Strict");

    let answer = page.call(GET_ME, &GetMeRequest {}, &[OWN_PAGE]);
    assert!(answer.contains("Ada") && answer.contains("grpc-status:0"), "{answer}");

    for elsewhere in
        ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: null", "X-Nothing: said"]
    {
        let answer = page.call(GET_ME, &GetMeRequest {}, &[elsewhere]);
        assert!(answer.contains("grpc-status: 7") && !answer.contains("Ada"), "{elsewhere}: {answer}");
    }
}

#[test]
fn a_stream_reaches_a_browser_frame_by_frame_and_ends_with_the_server() {
    let home = Home::new();
    let server = home.serve();
    end_during_a_stream(&home, server);
}

#[test]
fn a_stream_of_a_service_that_goes_on_ends_with_the_gateway() {
    let mut town = Town::new();
    let gateway = town.servers.remove(0);
    end_during_a_stream(&town.home, gateway);
}

/// Ends `server` while a stream is open, which has to say so.
fn end_during_a_stream(home: &Home, mut server: Server) {
    let mut page = Page::of(home);
    page.join();
    let mut stream = page.begin(SUBSCRIBE, &SubscribeRequest::default(), &[OWN_PAGE]);
    // The first frame has the id of the stream; nothing comes after it for now.
    read_until(&mut stream, |read| {
        read.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() > ID_CHARS)
    });

    server.signal("TERM");
    read_until(&mut stream, |read| read.contains("grpc-status:14"));
    assert!(server.wait().success());
}
