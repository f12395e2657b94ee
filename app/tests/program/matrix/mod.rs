//! Every RPC, at every door, with what makes no sense and with tokens that open nothing (rows G01, G03).

pub mod ask;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;

use confab_proto::auth::v1::{LogOutRequest, SignUpRequest, SignUpResponse};
use confab_proto::{Access, access, methods};
use prost::Message;
use serde_json::Value;

use crate::process::{Home, Server};
use crate::town::Town;
use ask::{Grpc, Watch, ask, call_web, framed};

const GRPC: &str = "application/grpc";
/// An upload that was broken off.
const CANCELLED: i32 = 1;
const INVALID_ARGUMENT: i32 = 3;
/// What may be said of bytes that are no frame, or of one that is too long: besides what is wrong with them, gRPC has
/// UNIMPLEMENTED and INTERNAL for them (its `doc/statuscodes.md`).
const REFUSED: [i32; 6] = [CANCELLED, INVALID_ARGUMENT, 8, 11, 12, 13];
const UNAUTHENTICATED: i32 = 16;

/// What a call may not be said to be.
const KINDS: [&str; 5] =
    ["application/grpc-web+thrift", "application/grpcx", "text/plain", "application/json", ""];

/// What does more than answer if it is asked properly.
const DECISIVE: [&str; 5] =
    ["LogOut", "DeleteAccount", "RevokeSession", "RevokeOtherSessions", "LeaveConversation"];

/// What is a message after all for an RPC that has no such field.
const MEANT: [&str; 4] = ["two messages", "messages in messages", "text that is no UTF-8", "another type"];

/// Every RPC that a client can call, and whether it has to be somebody.
pub fn rpcs() -> Vec<(&'static str, &'static str, Access)> {
    let known = methods().iter().filter_map(|method| Some((method.path, method.name, access(method.path)?)));
    known.filter(|(_, _, access)| *access != Access::Service).collect()
}

/// A server that limits nobody, and where its log is.
fn serve(home: &Home) -> Server {
    let mut command =
        home.command(&["serve", "--entry-limits", "off", "--rate-limits", "off", "--log", "warn"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(log(home)).unwrap());
    let server = Server::of(command.spawn().unwrap(), home.port);
    server.wait_until_ready();
    server
}

fn log(home: &Home) -> PathBuf {
    home.data().join("log")
}

/// The server is there, and nothing has failed in it that nobody was told of.
fn assert_unharmed(home: &Home, server: &Server) {
    assert!(server.get("/healthz").starts_with("HTTP/1.0 200"));
    let log = fs::read_to_string(log(home)).unwrap();
    assert!(!log.contains("panic"), "{log}");
}

/// The access and the refresh token of somebody new.
pub fn join(port: u16, name: &str) -> (String, String) {
    let request = SignUpRequest {
        email: format!("{name}@example.com"),
        password: "correct horse 7".into(),
        name: name.into(),
        ..SignUpRequest::default()
    };
    let body =
        call_web(port, "/confab.auth.v1.AuthService/SignUp", None, &framed(&request.encode_to_vec())).body;
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    let answer = SignUpResponse::decode(&body[5..5 + length]).unwrap();
    (answer.access_token.unwrap().token, answer.refresh_token)
}

/// Bodies that are no call: their frames are none.
fn unframed() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("half a head", vec![0, 0, 0]),
        ("half a message", [&[0, 0, 0, 0, 9][..], b"abc"].concat()),
        ("a length of 4 GiB", [&[0, 0xff, 0xff, 0xff, 0xff][..], b"abcde"].concat()),
        ("what is said to be compressed", vec![1, 0, 0, 0, 1, b'x']),
        ("a flag that there is not", vec![7, 0, 0, 0, 0]),
    ]
}

/// Bodies with a frame that holds no message of any kind.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let deep = (0..10_000).fold(Vec::new(), |inside: Vec<u8>, _| {
        if inside.len() > 60_000 { inside } else { [&[0x0a][..], &varint(inside.len()), &inside].concat() }
    });
    vec![
        ("text that is no UTF-8", framed(&[0x0a, 2, 0xc3, 0x28])),
        ("another type", framed(&[0x09, 1, 2, 3, 4, 5, 6, 7, 8])),
        ("a group", framed(&[0x0b, 0x08, 1])),
        ("a field of number zero", framed(&[0x02, 1, b'x'])),
        ("a number without end", framed(&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        ("a field that is longer than the message", framed(&[0x0a, 0x7f, b'x'])),
        ("messages in messages", framed(&deep)),
        ("two messages", [framed(&[]), framed(&[0x0b])].concat()),
    ]
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

#[test]
fn no_rpc_takes_for_a_message_what_is_none_and_none_fails_at_it() {
    let home = Home::new();
    let server = serve(&home);
    let port = home.port;
    let (token, _) = join(port, "ada");
    let watch = Watch::default();
    assert!(rpcs().len() > 50);
    for (path, name, _) in rpcs() {
        // A connection may have only so many mistakes.
        let grpc = Grpc::new(port);
        let asked = |path, what: &str, body: &[u8]| {
            let web = watch.promptly(&format!("{path}: {what}"), || call_web(port, path, Some(&token), body));
            let grpc = || grpc.call(path, GRPC, Some(&token), body);
            [("gRPC-Web", web), ("gRPC", watch.promptly(&format!("{path}, gRPC: {what}"), grpc))]
        };
        for (what, body) in unframed() {
            for (door, answer) in asked(path, what, &body) {
                let what = format!("{path}, {door}: {what}");
                answer.assert_keeps_quiet(&what);
                assert!(answer.code.is_some_and(|code| REFUSED.contains(&code)), "{what}: {answer:?}");
            }
        }
        // These may be meant: a message before another, or one with a field that nobody knows.
        let may_be_meant = |what: &str| MEANT.contains(&what);
        let is_safe = |what: &str| !(may_be_meant(what) && DECISIVE.contains(&name));
        for (what, body) in malformed().into_iter().filter(|(what, _)| is_safe(what)) {
            for (door, answer) in asked(path, what, &body) {
                let what = format!("{path}, {door}: {what}");
                answer.assert_sound(&what);
                assert!(answer.code.is_some_and(|code| code != UNAUTHENTICATED), "{what}: {answer:?}");
            }
        }
        for kind in KINDS {
            let (line, header) = (format!("POST {path}"), format!("content-type: {kind}"));
            let what = format!("{path} as {kind}");
            let web = watch.promptly(&what, || ask(port, &line, &[&header], &framed(&[])));
            for answer in [web, watch.promptly(&what, || grpc.call(path, kind, Some(&token), &framed(&[])))] {
                answer.assert_sound(&what);
                let is_refused = answer.status >= 400 || answer.code.is_some_and(|code| code != 0);
                assert!(is_refused, "{what}: {answer:?}");
            }
        }
    }
    assert_unharmed(&home, &server);
}

/// What can be asked at the JSON door.
struct Operation {
    method: String,
    path: String,
    needs_token: bool,
    has_body: bool,
    /// Something that its body may have.
    field: Option<String>,
}

/// The operations of the JSON door, as the server describes them.
fn operations(server: &Server) -> Vec<Operation> {
    let said = server.get("/openapi.json");
    let document: Value = serde_json::from_str(said.split_once("\r\n\r\n").unwrap().1).unwrap();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let fields = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
            all.push(Operation {
                method: method.to_uppercase(),
                path: filled(path),
                needs_token: operation["security"] != serde_json::json!([]),
                has_body: operation.get("requestBody").is_some(),
                field: fields.as_object().and_then(|fields| fields.keys().next().cloned()),
            });
        }
    }
    all
}

/// `path`, with an id in place of everything in braces.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for (place, part) in path.split(['{', '}']).enumerate() {
        filled.push_str(if place % 2 == 0 { part } else { "0190aaaa-bbbb-7ccc-8ddd-0123456789ab" });
    }
    filled
}

/// Bodies that are refused wherever they are sent.
fn no_json(deep: &str) -> [(&'static str, Vec<u8>); 12] {
    [
        ("half", b"{".to_vec()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"7".to_vec()),
        ("an unknown field", br#"{"nothingIsCalledSo": 1}"#.to_vec()),
        ("a huge number", br#"{"nothingIsCalledSo": 1e999}"#.to_vec()),
        ("an unknown field twice", br#"{"nothingIsCalledSo": 1, "nothingIsCalledSo": 1}"#.to_vec()),
        ("bad UTF-8", b"{\"x\": \"\xff\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("something behind it", b"{} x".to_vec()),
        ("half a pair", br#"{"x": "\ud800"}"#.to_vec()),
        ("depth", deep.as_bytes().to_vec()),
    ]
}

/// Bodies that are refused because of what stands in `field`, whatever that is.
fn wrong_fields(field: &str) -> [(&'static str, Vec<u8>); 5] {
    [
        ("another type", format!(r#"{{"{field}": [[]]}}"#).into_bytes()),
        ("a number too huge", format!(r#"{{"{field}": 1e999}}"#).into_bytes()),
        ("a field twice", format!(r#"{{"{field}": null, "{field}": null}}"#).into_bytes()),
        ("text that is no UTF-8", [format!(r#"{{"{field}": ""#).as_bytes(), b"\xc3\x28\"}"].concat()),
        ("a field cut off", format!(r#"{{"{field}": "#).into_bytes()),
    ]
}

#[test]
fn no_path_takes_for_json_what_is_none_and_none_fails_at_it() {
    let home = Home::new();
    let server = serve(&home);
    let (token, _) = join(home.port, "ada");
    let (bearer, kind) = (format!("authorization: Bearer {token}"), "content-type: application/json");
    let deep = format!(r#"{{"x": {}"#, "[".repeat(10_000));
    let operations = operations(&server);
    assert!(operations.len() > 50);
    let watch = Watch::default();
    for Operation { method, path, has_body, field, .. } in &operations {
        let line = format!("{method} {path}");
        let asked = |what: &str, headers: &[&str], body: &[u8]| {
            let what = format!("{line}: {what}");
            let answer = watch.promptly(&what, || ask(home.port, &line, headers, body));
            answer.assert_sound(&what);
            answer
        };
        let wrong = field.iter().flat_map(|field| wrong_fields(field));
        for (what, body) in no_json(&deep).into_iter().chain(wrong) {
            let answer = asked(what, &[&bearer, kind], &body);
            assert!((400..500).contains(&answer.status), "{line}: {what}: {answer:?}");
            assert!(answer.text.contains("application/problem+json"), "{line}: {what}: {answer:?}");
        }
        // These may be meant, but by whoever says goodbye, or listens until they are told enough.
        if *has_body && ![":logOut", ":subscribe"].iter().any(|end| path.ends_with(end)) {
            asked("nothing", &[&bearer, kind], b"");
            let null = field.iter().map(|field| format!(r#"{{"{field}": null}}"#));
            null.for_each(|body| drop(asked("null in a field", &[&bearer, kind], body.as_bytes())));
        }
        let others = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
        for kind in others.map(|kind| format!("content-type: {kind}")) {
            let answer = asked(&kind, &[&bearer, &kind], b"{}");
            let refused = if *has_body { 415..416 } else { 400..416 };
            assert!(refused.contains(&answer.status), "{line}, {kind}: {answer:?}");
        }
        let answer = asked("gzip", &[&bearer, kind, "content-encoding: gzip"], b"\x1f\x8b");
        assert_eq!(answer.status, 415, "{line}: {answer:?}");
    }
    assert_unharmed(&home, &server);
}

#[test]
fn no_token_but_a_good_one_opens_any_door() {
    let town = Town::new();
    let port = town.gateway();
    let (good, refresh) = join(port, "ada");
    let (ended, _) = join(port, "bob");
    let log_out = framed(&LogOutRequest::default().encode_to_vec());
    assert_eq!(call_web(port, "/confab.auth.v1.AuthService/LogOut", Some(&ended), &log_out).code, Some(0));
    let (head, rest) = good.split_once('.').unwrap();
    let tokens = [
        ("none", None),
        ("an expired one", Some(town.expired_token(&good))),
        ("one of a service", Some(town.service_token())),
        ("one to get another with", Some(refresh)),
        ("one of a session that has ended", Some(ended)),
        ("one with another signature", Some(format!("{good}A"))),
        ("one with another head", Some(format!("{head}A.{rest}"))),
        ("garbage", Some("x.y.z".to_owned())),
    ];
    let services = [("auth", town.auth), ("message", town.message), ("media", town.media)];
    let ports = [[("the gateway", port)].as_slice(), &services].concat();
    for (path, _, _) in rpcs().into_iter().filter(|(_, _, access)| *access == Access::User) {
        // What is refused before it is read may arrive when it is forgotten, and a connection may have only so many mistakes.
        let doors: Vec<_> = ports.iter().map(|(door, port)| (*door, Grpc::new(*port))).collect();
        for (what, token) in &tokens {
            let web = call_web(port, path, token.as_deref(), &framed(&[]));
            let called = doors.iter().filter(|(door, _)| serves(door, path));
            let called =
                called.map(|(door, grpc)| (*door, grpc.call(path, GRPC, token.as_deref(), &framed(&[]))));
            for (door, answer) in called.chain([("the gateway, gRPC-Web", web)]) {
                assert_eq!(answer.code, Some(UNAUTHENTICATED), "{path} at {door} with {what}: {answer:?}");
                assert!(!answer.text.contains("example.com") && !answer.text.contains(".rs"), "{answer:?}");
            }
        }
    }
    for Operation { method, path, needs_token, .. } in operations(&town.servers[0]) {
        for (what, token) in tokens.iter().filter(|_| needs_token) {
            let bearer = token.as_ref().map(|token| format!("authorization: Bearer {token}"));
            let headers: Vec<&str> = bearer.iter().map(String::as_str).collect();
            let answer = ask(port, &format!("{method} {path}"), &headers, b"");
            assert_eq!(answer.status, 401, "{method} {path} with {what}: {answer:?}");
        }
    }
    let whole = call_web(port, "/confab.auth.v1.AuthService/GetMe", Some(&good), &framed(&[]));
    assert!(whole.code == Some(0) && whole.text.contains("ada"), "{whole:?}");
    let wrong = call_web(port, "/confab.message.v1.MessageService/SendMessage", Some(&good), &framed(&[]));
    assert_eq!(wrong.code, Some(INVALID_ARGUMENT), "{wrong:?}");
}

/// Whether whoever is called `door` answers calls of `path`.
fn serves(door: &str, path: &str) -> bool {
    door == "the gateway" || path.starts_with(&format!("/confab.{door}."))
}
