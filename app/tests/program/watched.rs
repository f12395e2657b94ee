//! What operators see of a server: its figures, its log and its traces.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;
use tonic::transport::Server as Collecting;
use tonic::{Request, Response, Status};

use crate::process::{Home, Server, free_port, until};

const LIST_KEYS: &str = "/confab.auth.v1.AuthService/ListSigningKeys";
/// A trace that somebody else has begun.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";
/// How long a trace may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole answer to `request`, whose end is that of the connection.
fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A call of gRPC-Web with an empty message.
fn call(port: u16, path: &str, headers: &str) -> String {
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/grpc-web+proto\r\n");
    ask(port, &format!("{head}{headers}Content-Length: 5\r\n\r\n\0\0\0\0\0"))
}

#[test]
fn figures_are_at_the_admin_port_and_nowhere_else() {
    let (home, admin) = (Home::new(), free_port());
    let place = format!("127.0.0.1:{admin}");
    let server = Server::start(&mut home.command(&["serve", "--admin-listen", &place]), home.port);
    server.wait_until_ready();
    assert!(call(home.port, LIST_KEYS, "").starts_with("HTTP/1.0 200"));
    for name in ["Nothing", "Anything"] {
        call(home.port, &format!("/confab.auth.v1.AuthService/{name}"), "");
    }

    let answer = ask(admin, "GET /metrics HTTP/1.0\r\n\r\n");
    let line =
        |begin: &str| answer.lines().find(|line| line.starts_with(begin)).unwrap_or_default().to_owned();
    for role in ["gateway", "auth"] {
        let counted = line(&format!(
            "grpc_server_handled_total{{role=\"{role}\",grpc_service=\"confab.auth.v1.AuthService\",\
             grpc_method=\"ListSigningKeys\",grpc_code=\"OK\"}}"
        ));
        assert!(counted.ends_with(" 1"), "{role}: {counted:?} in {answer}");
    }
    // What clients make up is one thing, however much they make up.
    let other = line("grpc_server_handled_total{role=\"gateway\",grpc_service=\"other\"");
    assert!(other.contains("grpc_code=\"Unimplemented\"") && other.ends_with(" 2"), "{answer}");
    for name in
        ["grpc_server_handling_seconds_bucket{", "confab_connections ", "process_resident_memory_bytes "]
    {
        assert!(!line(name).is_empty(), "{name}: {answer}");
    }
    assert!(ask(admin, "GET /healthz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200"));
    until("the admin port says ready", || {
        ask(admin, "GET /readyz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200")
    });
    assert!(server.get("/metrics").starts_with("HTTP/1.0 404"));
}

#[test]
fn a_request_is_one_line_in_the_log_which_says_no_secret() {
    let home = Home::new();
    let log = home.data().join("log");
    let mut command = home.command(&["serve"]);
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn();
    let server = Server::of(child.unwrap(), home.port);
    server.wait_until_ready();
    call(
        home.port,
        LIST_KEYS,
        "X-Request-Id: mine-1\r\nAuthorization: Bearer secret\r\nCookie: a=secret\r\n",
    );
    ask(home.port, "GET /%0d%0asecret?secret=1 HTTP/1.0\r\nUser-Agent: secret\r\n\r\n");
    ask(home.port, "BREW /secret HTTP/1.0\r\nX-Request-Id: a\tsecret\r\n\r\n");

    let lines = || {
        let text = fs::read_to_string(&log).unwrap();
        let lines =
            text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is one object"));
        let lines = lines.filter(|line| line["target"] == "access" && line["route"] != "/readyz");
        lines.collect::<Vec<_>>()
    };
    until("all three are in the log", || lines().len() >= 3);
    let [first, second, third] = &lines()[..] else { panic!("{:?}", lines()) };
    assert_eq!(
        (&first["route"], &first["grpc_code"], &first["status"]),
        (&LIST_KEYS.into(), &"OK".into(), &200.into())
    );
    assert_eq!((&first["request_id"], &first["bytes_in"]), (&"mine-1".into(), &5.into()));
    assert_eq!((&second["route"], &second["status"]), (&"other".into(), &404.into()));
    assert_eq!((&third["method"], &third["route"]), (&"other".into(), &"other".into()));
    let access: String = lines().iter().map(ToString::to_string).collect();
    assert!(!access.contains("secret"), "{access}");
}

/// Somebody who collects traces.
struct Collector(Sender<Span>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        for span in resources.flat_map(|spans| spans.scope_spans).flat_map(|spans| spans.spans) {
            // Who has seen enough does not listen any more.
            let _ = self.0.send(span);
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_on_through_the_gateway_and_the_service() {
    let (home, port) = (Home::new(), free_port());
    let (send, spans) = channel();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    let collecting = Collecting::builder().add_service(TraceServiceServer::new(Collector(send)));
    let collecting = tokio::spawn(collecting.serve(address));
    let seen = tokio::task::spawn_blocking(move || {
        let mut command = home.command(&["serve"]);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://127.0.0.1:{port}"));
        command.env("OTEL_BSP_SCHEDULE_DELAY", "100");
        let server = Server::start(&mut command, home.port);
        server.wait_until_ready();
        call(home.port, LIST_KEYS, &format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n"));
        let of_ours = |span: &Span| hex(&span.trace_id) == TRACE;
        let next = || spans.recv_timeout(PATIENCE).expect("a span in time");
        let ours: Vec<Span> = std::iter::repeat_with(next).filter(of_ours).take(2).collect();
        ours
    });
    let seen = seen.await.unwrap();
    let gateway =
        seen.iter().find(|span| hex(&span.parent_span_id) == PARENT).expect("the span of the gateway");
    let service = seen.iter().find(|span| span.parent_span_id == gateway.span_id);
    assert!(service.is_some(), "{seen:?}");
    assert_eq!(gateway.name, "confab.auth.v1.AuthService/ListSigningKeys");
    collecting.abort();
}
