//! What of a server can be reached: its ports and its routes are those of `docs/surface.txt`, and no others (row H10).

use std::collections::{BTreeSet, HashSet};
use std::fs;

use confab_proto::{Access, access, methods};
use serde_json::Value;

use crate::process::{Home, Server, free_port, get};
use crate::tools::{grpcurl, root};
use crate::town::Town;

/// The lines of the file under `heading`.
fn listed(heading: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/surface.txt")).unwrap();
    let parts = text.split("\n## ").find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
    let lines = parts.unwrap_or_else(|| panic!("docs/surface.txt has nothing about {heading}")).lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// The TCP ports that `server` listens on, each with the address as the system writes it.
fn listening(server: &Server) -> BTreeSet<(String, u16)> {
    let folder = format!("/proc/{}", server.id());
    let open = fs::read_dir(format!("{folder}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let sockets: HashSet<String> = open
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut found = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        let text = fs::read_to_string(format!("{folder}/net/{table}")).unwrap();
        for line in text.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            // `0A` is the state of a socket that listens.
            if columns[3] == "0A" && sockets.contains(columns[9]) {
                let (address, port) = columns[1].split_once(':').unwrap();
                found.insert((address.to_owned(), u16::from_str_radix(port, 16).unwrap()));
            }
        }
    }
    found
}

/// Loopback, as the system writes it.
const LOOPBACK: &str = "0100007F";

fn on_loopback(ports: &[u16]) -> BTreeSet<(String, u16)> {
    ports.iter().map(|port| (LOOPBACK.to_owned(), *port)).collect()
}

#[test]
fn a_server_listens_where_it_was_told_to_and_nowhere_else() {
    let home = Home::new();
    let server = home.serve();
    assert_eq!(listening(&server), on_loopback(&[home.port]));
    drop(server);

    let admin = free_port();
    let mut command = home.command(&["serve", "--admin-listen", &format!("127.0.0.1:{admin}")]);
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    assert_eq!(listening(&server), on_loopback(&[home.port, admin]));
    for route in listed("Admin port") {
        let path = route.strip_prefix("GET ").unwrap();
        assert!(get(admin, path).starts_with("HTTP/1.0 200"), "{path}");
        assert!(path != "/metrics" || server.get(path).starts_with("HTTP/1.0 404"), "{path} is public");
    }
    for path in ["/", "/debug", "/config", "/v1/me", "/openapi.json", "/metrics/"] {
        assert!(get(admin, path).starts_with("HTTP/1.0 404"), "{path}");
    }

    let town = Town::new();
    let own: Vec<u16> = town.servers.iter().flat_map(listening).map(|(_, port)| port).collect();
    assert_eq!(own.len(), town.servers.len(), "each role has one port: {own:?}");
}

#[test]
fn the_routes_of_the_public_port_are_those_that_are_listed() {
    let home = Home::new();
    let mut command = home.command(&["serve", "--security-contact", "mailto:security@chat.example"]);
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    let rpcs =
        methods().iter().filter(|method| access(method.path).is_some_and(|access| access != Access::Service));
    assert_eq!(rpcs.map(|method| method.path.to_owned()).collect::<BTreeSet<_>>(), listed("RPCs"));
    let services: BTreeSet<String> =
        grpcurl(home.port, &[], &["list"]).text.lines().map(str::to_owned).collect();
    let described: BTreeSet<String> =
        listed("RPCs").iter().map(|path| path[1..].split('/').next().unwrap().to_owned()).collect();
    // What describes the others does not list itself; without it there would be no list.
    let standard: BTreeSet<String> = listed("Standard services")
        .into_iter()
        .filter(|name| !name.starts_with("grpc.reflection."))
        .collect();
    assert_eq!(services, described.union(&standard).cloned().collect());

    let said = server.get("/openapi.json");
    let document: Value = serde_json::from_str(said.split_once("\r\n\r\n").unwrap().1).unwrap();
    let mut paths = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        paths.extend(
            operations.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    assert_eq!(paths, listed("JSON"));

    // What is there says so, whatever else it says.
    for route in listed("Others") {
        let path = route.split(' ').nth(1).unwrap().replace("{id}", "0190aaaa-bbbb-7ccc-8ddd-0123456789ab");
        let said = server.get(&path.replace("{variant}", "small"));
        assert!(!said.is_empty() && !said.starts_with("HTTP/1.0 404"), "{route}: {said}");
    }
}
