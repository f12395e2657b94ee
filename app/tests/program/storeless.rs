//! A server whose store is taken away under it: every RPC says at every door that it cannot be done now, and nothing of the
//! inside (row G06).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use confab_proto::PUBLIC_FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_reflect::{DescriptorPool, ReflectMessage};
use tokio::runtime::Runtime;

use crate::least::{least, put};
use crate::matrix::ask::{Answer, Grpc, ask, call_web, framed, is_stream};
use crate::matrix::{join, rpcs};
use crate::process::{Home, Server, free_port, until};
use crate::random::Random;
use crate::replica_set::ReplicaSet;
use crate::spell::rules;

const UNAVAILABLE: i32 = 14;
/// Codes that say that it is our fault, in other words.
const FAULTS: [i32; 3] = [2, 13, 15];
/// How long an answer may take: a server that has fallen silent is given up after eight seconds (`db`), then another is
/// looked for, and what belongs together is tried again for twenty seconds (`services/media`).
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// What a stream is given that needs no store, so that it has an end: longer than whoever needs one takes.
const STREAM_TIME: &str = "40S";

/// A call for each service that needs nothing but to know who calls.
const KEYS_NEEDED: [&str; 3] = [
    "/confab.auth.v1.AuthService/GetMe",
    "/confab.message.v1.ConversationService/ListConversations",
    "/confab.media.v1.MediaService/ListMyMedia",
];

/// What is answered without the store: what is in memory, and what is refused before anything is looked up, as there is no
/// such provider, and no such passkey.
const STORELESS: [&str; 6] = [
    "/confab.auth.v1.IdentityService/FinishProviderLogIn",
    "/confab.auth.v1.IdentityService/ListProviders",
    "/confab.auth.v1.IdentityService/StartProviderLogIn",
    "/confab.auth.v1.PasskeyService/FinishPasskeyLogIn",
    "/confab.auth.v1.PasskeyService/FinishPasskeyRegistration",
    "/confab.message.v1.PushService/GetPushKey",
];

/// A request, whichever door it is for.
struct Asked {
    /// The RPC, and the door.
    rpc: String,
    door: &'static str,
    /// The id of the request.
    id: String,
    /// For HTTP/1: the line, and the headers.
    line: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Asked {
    fn by_grpc(&self) -> Request<tonic::body::Body> {
        let request = Request::post(&self.rpc).header("te", "trailers");
        let headers = self.headers.iter().filter_map(|header| header.split_once(": "));
        let request = headers.fold(request, |request, (name, value)| request.header(name, value));
        request.body(tonic::body::Body::new(Body::from(self.body.clone()))).unwrap()
    }
}

/// Every RPC, over gRPC and gRPC-Web, and every way to call it in JSON, with what it takes.
fn everything(token: &str) -> Vec<Asked> {
    let pool = DescriptorPool::decode(PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    let mut all = Vec::new();
    let mut add = |rpc: &str, door, line, kind: &str, body| {
        let id = format!("asked-{}-", all.len());
        let mut headers = vec![format!("authorization: Bearer {token}"), format!("x-request-id: {id}")];
        headers.push(format!("content-type: {kind}"));
        if is_stream(rpc) {
            headers.push(format!("grpc-timeout: {STREAM_TIME}"));
        }
        all.push(Asked { rpc: rpc.to_owned(), door, id, line, headers, body });
    };
    for (path, _, _) in rpcs() {
        let (service, name) = path[1..].split_once('/').unwrap();
        let service = pool.get_service_by_name(service).unwrap();
        let rpc = service.methods().find(|rpc| rpc.name() == name).unwrap();
        let body = framed(&least(&rpc.input()).encode_to_vec());
        add(path, "gRPC", String::new(), "application/grpc", body.clone());
        add(path, "gRPC-Web", format!("POST {path}"), "application/grpc-web+proto", body);
    }
    for rule in rules(&pool) {
        let mut message = least(&rule.rpc.input());
        for name in rule.path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
        {
            let field = message.descriptor().get_field_by_name(name).unwrap();
            if !message.has_field(&field) {
                put(&mut message, &field);
            }
        }
        let (method, path, body) = rule.spell(&message, &mut Random(0));
        let rpc = format!("/{}/{}", rule.rpc.parent_service().full_name(), rule.rpc.name());
        add(
            &rpc,
            "JSON",
            format!("{method} {path}"),
            "application/json",
            body.unwrap_or_default().into_bytes(),
        );
    }
    all
}

/// Asks for all of it at once, and returns what was asked with its answer.
fn ask_all(home: &Home, asked: Vec<Asked>) -> Vec<(Asked, Answer)> {
    let (grpc, others): (Vec<Asked>, Vec<Asked>) = asked.into_iter().partition(|asked| asked.door == "gRPC");
    thread::scope(|scope| {
        let waiting: Vec<_> = others
            .into_iter()
            .map(|asked| {
                scope.spawn(|| {
                    let headers: Vec<&str> = asked.headers.iter().map(String::as_str).collect();
                    let answer = ask(home.port, &asked.line, &headers, &asked.body);
                    (asked, answer)
                })
            })
            .collect();
        let answers = Grpc::new(home.port).call_all(grpc.iter().map(Asked::by_grpc).collect());
        let mut all: Vec<_> = grpc.into_iter().zip(answers).collect();
        all.extend(waiting.into_iter().map(|thread| thread.join().unwrap()));
        all
    })
}

/// What is wrong with `answer`, of a server without a store, and with what its `log` has of it; nothing if it needs none.
fn problem(asked: &Asked, answer: &Answer, log: &str) -> Option<&'static str> {
    let is_told = match asked.door {
        "JSON" => answer.status == 503 && answer.text.contains(r#""code":"UNAVAILABLE""#),
        _ => answer.code == Some(UNAVAILABLE),
    };
    let is_fault = answer.status >= 500 || answer.code.is_some_and(|code| FAULTS.contains(&code));
    match () {
        () if answer.took > ANSWER_MAX => Some("takes too long"),
        () if !is_told && is_fault => Some("fails in another way"),
        () if is_told && !answer.text.contains(&asked.id) => Some("does not say its id"),
        () if is_told && !log.contains(&asked.id) => Some("is not in the log"),
        () => None,
    }
}

/// Fails unless all that needs the store says that it cannot be done now, and the log knows of each. Returns what needs none.
fn judge(answers: &[(Asked, Answer)], log: &str, mongodb: &str) -> BTreeSet<String> {
    let (mut storeless, mut problems) = (BTreeSet::new(), Vec::new());
    for (asked, answer) in answers {
        let what = format!("{} by {}", asked.rpc, asked.door);
        answer.assert_tells_nothing(&what);
        for inside in [mongodb, "mongodb", "Mongo", "Server selection", "Kind:", "topology"] {
            assert!(!answer.text.contains(inside), "{what}: {inside}: {answer:?}");
        }
        let problem = problem(asked, answer, log);
        problems.extend(problem.map(|problem| format!("{what} {problem}: {answer:?}")));
        if answer.code != Some(UNAVAILABLE) && answer.status != 503 {
            println!("{what}: {} {:?} {}", answer.status, answer.code, answer.text);
            storeless.insert(asked.rpc.clone());
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    storeless
}

#[test]
fn without_its_store_a_server_says_so_whatever_it_is_asked_at_whichever_door() {
    let (home, port) = (Home::new(), free_port());
    let runtime = Runtime::new().unwrap();
    let mongodb = runtime.block_on(ReplicaSet::start(&[port]));
    let log = home.data().join("log");
    let mut command = home.command(&["serve", "--store", "mongodb", "--log", "warn"]);
    command.args(["--entry-limits", "off", "--rate-limits", "off", "--conversation-limits", "off"]);
    // Letters wait in the store; that nobody takes them does not matter here.
    command.args(["--mail", "smtp", "--smtp-host", "127.0.0.1", "--smtp-security", "none"]);
    command.env("CONFAB_SMTP_PORT", free_port().to_string());
    command.env("CONFAB_MONGODB_URL", mongodb.url()).env("CONFAB_PASSWORD_COST", "10");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
    let server = Server::of(command.spawn().unwrap(), home.port);
    server.wait_until_ready();
    let place = format!("127.0.0.1:{port}");
    let ((token, _), (witness, _)) = (join(home.port, "ada"), join(home.port, "ben"));
    // Each service gets the keys, which tokens are checked with, when it needs them first.
    for path in KEYS_NEEDED {
        assert_eq!(call_web(home.port, path, Some(&token), &framed(&[])).code, Some(0), "{path}");
    }

    mongodb.signal("STOP");
    let answers = ask_all(&home, everything(&token));
    assert!(answers.len() > 300, "{}", answers.len());
    let storeless = judge(&answers, &fs::read_to_string(&log).unwrap(), &place);
    assert!(server.get("/healthz").starts_with("HTTP/1.0 200"));
    mongodb.signal("CONT");
    assert_eq!(storeless, STORELESS.map(str::to_owned).into(), "what is answered without the store");

    until("it goes on with its store", || {
        call_web(home.port, KEYS_NEEDED[0], Some(&witness), &framed(&[])).code == Some(0)
    });
}
