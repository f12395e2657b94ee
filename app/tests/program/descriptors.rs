//! A server that has no descriptor left for another connection (row H09).

use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{Home, Server};

/// How many descriptors the server has for everything.
const DESCRIPTORS: usize = 128;
/// How many connections somebody opens all the same.
const CONNECTIONS: usize = 1_000;
/// How long the system may take to put a connection into the queue.
const QUEUED_MAX: Duration = Duration::from_millis(500);
/// When it has to answer again, after these have gone.
const AGAIN_MAX: Duration = Duration::from_secs(2);

#[test]
fn a_server_without_descriptors_goes_on_and_answers_again_when_it_has_some() {
    let home = Home::new();
    let serve = home.command(&["serve"]);
    let limit = format!("ulimit -n {DESCRIPTORS}; exec \"$0\" \"$@\"");
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(limit).arg(serve.get_program()).args(serve.get_args());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let server = Server::start(&mut limited, home.port);
    server.wait_until_ready();

    // The system lets them in; the server sees the first hundred or so.
    let address = format!("127.0.0.1:{}", home.port).parse().unwrap();
    // Until the queue before the server is full too: whoever comes then waits for nothing.
    let connect = |_| TcpStream::connect_timeout(&address, QUEUED_MAX).ok();
    let crowd: Vec<TcpStream> = (0..CONNECTIONS).map_while(connect).collect();
    assert!(crowd.len() > DESCRIPTORS, "{}", crowd.len());
    drop(crowd);
    let since = Instant::now();
    while !server.get("/healthz").starts_with("HTTP/1.0 200") {
        assert!(since.elapsed() < AGAIN_MAX, "it answers again after {:?}", since.elapsed());
    }
}
