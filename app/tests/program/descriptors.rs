//! A server that has no descriptor left for another connection (row H09).

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{Home, Server, until};

/// How many descriptors the server has for everything.
const DESCRIPTORS: usize = 256;
/// How many connections somebody opens all the same.
const CONNECTIONS: usize = 1_000;
/// How long the system may take to put a connection into the queue.
const QUEUED_MAX: Duration = Duration::from_secs(5);
/// When it has to answer again, after these have gone.
const AGAIN_MAX: Duration = Duration::from_secs(2);
/// What is asked for on a connection that goes on.
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server that has no more than [`DESCRIPTORS`].
fn serve_with_few(home: &Home) -> Server {
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
    server
}

/// How many descriptors `server` has open.
fn open(server: &Server) -> usize {
    fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count()
}

/// How many connections wait for a server that does not look, at most.
fn queue() -> usize {
    fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap().trim().parse().unwrap()
}

/// Asks over a connection that stays open.
fn is_answered(stream: &mut TcpStream) -> bool {
    stream.write_all(HEALTH).unwrap();
    let mut said = vec![0; 4_096];
    let count = stream.read(&mut said).unwrap();
    said[..count].starts_with(b"HTTP/1.1 200")
}

#[test]
fn a_server_without_descriptors_goes_on_and_answers_again_when_it_has_some() {
    let home = Home::new();
    let server = serve_with_few(&home);
    let address = SocketAddr::from(([127, 0, 0, 1], home.port));
    let mut early = TcpStream::connect(address).unwrap();
    assert!(is_answered(&mut early));

    // The system lets them in, until its queue is full; the server sees as many as it has descriptors for.
    let connect = |_| TcpStream::connect_timeout(&address, QUEUED_MAX).ok();
    let crowd: Vec<TcpStream> = (0..CONNECTIONS).map_while(connect).collect();
    assert!(crowd.len() >= CONNECTIONS.min(queue()), "{} of {CONNECTIONS} have come in", crowd.len());
    until("there is no descriptor left", || open(&server) >= DESCRIPTORS);
    assert!(is_answered(&mut early), "whoever was there before is answered");

    drop(crowd);
    let since = Instant::now();
    while !server.get("/healthz").starts_with("HTTP/1.0 200") {
        assert!(since.elapsed() < AGAIN_MAX, "it does not answer for {:?}", since.elapsed());
    }
    println!("{CONNECTIONS} have gone; answered again after {:?}", since.elapsed());
    assert!(since.elapsed() < AGAIN_MAX, "it answers again after {:?}", since.elapsed());
}
