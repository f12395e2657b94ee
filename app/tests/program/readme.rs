//! The examples of the README, run as they stand there.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::process::{Home, output};
use crate::tools::{root, tool};

/// How long an example may take.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn the_examples_of_the_readme_work_as_they_stand_there() {
    let home = Home::new();
    let server = home.serve();
    let mut variables = HashMap::from([("BOB".to_owned(), sign_up_bob(home.port))]);
    let (mut grpc, mut http, mut web) = (0, 0, 0);
    for line in examples() {
        let words = words(&line, &variables);
        let said = if words[0] == "grpcurl" {
            grpc += 1;
            grpcurl(home.port, &words[1..])
        } else if words[0] == "buf" {
            web += 1;
            buf(home.port, &words[1..])
        } else {
            http += 1;
            curl(home.port, &words[1..])
        };
        assert!(!said.is_empty() && !said.contains("about:blank"), "{words:?}: {said}");
        // As the README says: the token of the answer goes along from then on.
        let json: Option<Value> = serde_json::from_str(&said).ok();
        if let Some(token) = json.as_ref().and_then(|json| json["accessToken"]["token"].as_str()) {
            variables.insert("TOKEN".to_owned(), token.to_owned());
        }
    }
    assert!(grpc >= 4 && http >= 5 && web >= 1, "the README has {grpc}, {http} and {web} examples");
    drop(server);
}

/// Every command of the README that calls us, each in one line.
fn examples() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let text = blocks.map(|block| block.replace("\\\n", " ")).collect::<Vec<_>>().join("\n");
    let is_call =
        |line: &&str| ["grpcurl ", "curl ", "buf curl "].iter().any(|program| line.starts_with(program));
    text.lines().filter(is_call).map(str::to_owned).collect()
}

/// What a shell makes of `line`: its quotes and its variables, and nothing else of it.
fn words(line: &str, variables: &HashMap<String, String>) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\'' | '"' if quote == Some(char) => quote = None,
            '\'' | '"' if quote.is_none() => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            '$' if quote != Some('\'') => {
                let mut name = String::new();
                while let Some(letter) = chars.next_if(char::is_ascii_alphanumeric) {
                    name.push(letter);
                }
                word.get_or_insert_default().push_str(&variables[&name]);
            }
            ' ' if quote.is_none() => words.extend(word.take()),
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

fn grpcurl(port: u16, words: &[String]) -> String {
    let is_stream = words.iter().any(|word| word.ends_with("/Subscribe"));
    let mut command = Command::new(tool("grpcurl"));
    // A stream that has no end is watched for a moment.
    command.args(is_stream.then_some(["-max-time", "2"]).into_iter().flatten());
    command.args(words.iter().map(|word| word.replace("localhost:8080", &format!("127.0.0.1:{port}"))));
    let output = output(&mut command);
    assert!(output.status.success() || is_stream, "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn buf(port: u16, words: &[String]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool("buf"));
    command.env("BUF_CACHE_DIR", folder.path()).current_dir(root());
    command.args(words.iter().map(|word| word.replace("localhost:8080", &format!("127.0.0.1:{port}"))));
    let output = output(&mut command);
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Does what curl does with `words`: `-H`, `-d`, `-N` and an address.
fn curl(port: u16, words: &[String]) -> String {
    let (mut headers, mut body, mut path) = (String::new(), None, "");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-H" => headers.extend([words.next().unwrap().as_str(), "\r\n"]),
            "-d" => body = words.next(),
            "-N" => {}
            address => path = address.strip_prefix("localhost:8080").unwrap(),
        }
    }
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.map_or("", String::as_str);
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();

    let mut answer = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(answer.read_line(&mut head).unwrap() > 0, "{path}: {head}");
    }
    let status = head.split(' ').nth(1);
    assert!(matches!(status, Some("200" | "201")), "{path}: {head}");
    let mut said = String::new();
    if headers.contains("text/event-stream") {
        while !said.contains("data: ") {
            assert!(answer.read_line(&mut said).unwrap() > 0, "{path}: {said}");
        }
    } else {
        answer.read_to_string(&mut said).unwrap();
    }
    said
}

/// Somebody else, to whom the README writes.
fn sign_up_bob(port: u16) -> String {
    let account = r#"{"email": "bob@example.com", "password": "staple battery horse", "name": "Bob"}"#;
    let words = ["localhost:8080/v1/auth:signUp", "-H", "content-type: application/json", "-d", account];
    let said = curl(port, &words.map(str::to_owned));
    serde_json::from_str::<Value>(&said).unwrap()["user"]["userId"].as_str().unwrap().to_owned()
}
