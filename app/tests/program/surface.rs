//! What of a server can be reached: its ports and its routes are those of `docs/surface.txt`, and no others (row H10).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use confab_proto::{Access, access, methods};
use serde_json::Value;

use crate::beginnings::BEGINNINGS;
use crate::process::{Home, Server, ask, free_port, get};
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
    assert!(server.get("/metrics").starts_with("HTTP/1.0 404"), "figures are public");

    assert_eq!(registered("app/src"), paths(&listed("Admin port")), "what is registered, and what is listed");
    assert_eq!(answered(admin, &listed("Admin port")), listed("Admin port"));
    for path in ["/", "/debug", "/config", "/v1/me", "/openapi.json"] {
        assert!(get(admin, path).starts_with("HTTP/1.0 404"), "{path}");
    }
    for path in paths(&listed("Admin port")) {
        for other in spellings(&path) {
            let said = get(admin, &other);
            assert!(["404", "400"].iter().any(|code| said[9..].starts_with(code)), "{other}: {said}");
        }
    }

    let town = Town::new();
    for (server, port) in town.servers.iter().zip([town.gateway(), town.auth, town.message, town.media]) {
        assert_eq!(listening(server), on_loopback(&[port]), "each role has one port");
    }
}

/// Other ways to write `path`, for whoever reads paths too kindly (row H11).
fn spellings(path: &str) -> Vec<String> {
    const BEHIND: [&str; 16] = [
        "/", "//", "/.", "/..;", "%00", "%20", "%09", "%2f", "%23", ";", ";x", ".", ".json", "~", "\\", "%0a",
    ];
    let name = &path[1..];
    let before = BEGINNINGS.iter().map(|before| format!("{before}{name}"));
    let behind = BEHIND.iter().map(|behind| format!("{path}{behind}"));
    let encoded = format!("/%{:02x}{}", name.as_bytes()[0], &name[1..]);
    let capital = format!("/{}{}", name[..1].to_uppercase(), &name[1..]);
    let spelled: Vec<String> = before.chain(behind).chain([encoded, capital, path.to_uppercase()]).collect();
    assert!(spelled.len() >= 40, "{}", spelled.len());
    spelled
}

/// The methods that may stand before a path of the file.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The paths of `routes`.
fn paths(routes: &BTreeSet<String>) -> BTreeSet<String> {
    routes.iter().map(|route| route.split(' ').nth(1).unwrap().to_owned()).collect()
}

/// Which methods are answered on `port` at the paths of `routes`, as the file has them: what can be read by GET can
/// be asked for by HEAD.
fn answered(port: u16, routes: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in paths(routes) {
        let real = path.replace("{id}", "0190aaaa-bbbb-7ccc-8ddd-0123456789ab").replace("{variant}", "small");
        let is_there = |method: &&str| {
            let said = ask(port, method, &real);
            assert!(!said.is_empty(), "{method} {path}: no answer");
            !["404", "405"].iter().any(|code| said[9..].starts_with(code))
        };
        let mut methods: Vec<&str> = METHODS.into_iter().filter(is_there).collect();
        if methods.contains(&"GET") {
            methods.retain(|method| *method != "HEAD");
        }
        found.insert(path, methods);
    }
    let lines =
        found.iter().flat_map(|(path, methods)| methods.iter().map(move |method| format!("{method} {path}")));
    lines.collect()
}

/// The paths that the source in `folder` registers by their names. Whoever registers one in another way has to think of
/// another way to compare it.
fn registered(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    look(&root().join(folder), &mut found);
    found
}

fn look(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for other in [".nest(", ".nest_service(", ".route_service("] {
            assert!(!text.contains(other), "{other} in {}", path.display());
        }
        for place in text.split(".route(").skip(1) {
            match place.trim_start().strip_prefix('"').and_then(|name| name.split_once('"')) {
                Some((name, _)) => {
                    found.insert(name.to_owned());
                }
                // A service by its name, all of whose RPCs are listed.
                None => assert!(place.starts_with("&format!(\"/{name}/{{rpc}}\")"), "{}", path.display()),
            }
        }
    }
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
    let mut operations = BTreeSet::new();
    for (path, ways) in document["paths"].as_object().unwrap() {
        operations.extend(
            ways.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    assert_eq!(operations, listed("JSON"));

    // The web client is whatever was built, and no route of its own.
    let mut others = paths(&listed("Others"));
    others.remove("/");
    assert_eq!(registered("gateway/src"), others, "what is registered, and what is listed");
    assert_eq!(answered(home.port, &listed("Others")), listed("Others"));
}
