//! What nobody is to find: secrets in what the server prints, or in its files, whatever it
//! is told to log.
//!
//! ```text
//! secrets/ada.rs   lives through everything that has to do with secrets, and keeps them
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::process::{Home, Server, free_port, output, until};
use crate::sink::Sink;

mod ada;

use ada::Ada;

/// A secret, and where it may be all the same.
pub struct Marked {
    secret: String,
    /// How the names of files begin that it belongs into.
    belongs: &'static [&'static str],
}

/// What every token of ours begins with, whoever made it, and what every cookie and every
/// hash of a password does: of these, not even a part may be on the log.
const BEGINNINGS: [&str; 6] = ["eyJ0eXAi", "eyJhbGci", "Bearer e", "__Host-confab=", "$2b$1", "-----BEGIN"];

/// The servers, and everything that they print.
struct Stage {
    home: Home,
    outside: tempfile::TempDir,
    servers: Vec<Server>,
    /// The password for the mail server.
    smtp_password: &'static str,
}

impl Stage {
    fn new() -> Self {
        let (home, outside) = (Home::new(), tempfile::tempdir().unwrap());
        Self { home, outside, servers: Vec::new(), smtp_password: "marked password of the mail server" }
    }

    /// Starts a process that logs everything there is, for a mail server on `mail`.
    fn start(&mut self, mut command: Command, name: &str, port: u16, mail: u16) {
        let file = |what: &str| File::create(self.outside.path().join(format!("{name}.{what}"))).unwrap();
        command.env("CONFAB_LOG", "trace").env("CONFAB_RATE_LIMITS", "off").env("CONFAB_PASSWORD_COST", "10");
        command.args(["--mail", "smtp", "--smtp-host", "127.0.0.1", "--smtp-security", "none"]);
        command.args(["--smtp-port", &mail.to_string(), "--smtp-user", "confab"]);
        command.env("CONFAB_SMTP_PASSWORD", self.smtp_password);
        command.stdin(Stdio::null()).stdout(file("printed")).stderr(file("log"));
        self.servers.push(Server::of(command.spawn().unwrap(), port));
    }

    fn one_process(&mut self, mail: u16) {
        let command = self.home.command(&["serve"]);
        self.start(command, "confab", self.home.port, mail);
        self.servers[0].wait_until_ready();
    }

    /// As a cluster runs it, so that everything goes from process to process.
    fn four_processes(&mut self, mail: u16) {
        let ports = [self.home.port, free_port(), free_port(), free_port()];
        let roles = ["gateway", "auth", "message", "media"];
        let place = |port| format!("127.0.0.1:{port}");
        for (role, port) in roles.into_iter().zip(ports) {
            let mut command = self.home.command(&["serve", "--only", role]);
            for (name, port) in ["AUTH", "MESSAGE", "MEDIA"].into_iter().zip(&ports[1..]) {
                command.env(format!("CONFAB_{name}_LISTEN"), place(*port));
                command.env(format!("CONFAB_{name}_URL"), format!("http://127.0.0.1:{port}"));
            }
            self.start(command, role, port, mail);
        }
        self.servers[0].wait_until_ready();
        let mut health = self.home.command(&["health", "--only", "media"]);
        health.env("CONFAB_MEDIA_LISTEN", place(ports[3]));
        until("the media service is there", || output(&mut health).status.success());
    }

    /// Ends all of them, and returns what they have logged and what they have printed.
    fn end(&mut self) -> (String, String) {
        for server in &mut self.servers {
            server.signal("TERM");
            assert!(server.wait().success());
        }
        let all = files(self.outside.path());
        let of = |ending: &str| -> String {
            let files = all.iter().filter(|path| path.extension().is_some_and(|found| found == ending));
            files.map(|path| read(path)).collect()
        };
        (of("log"), of("printed"))
    }

    /// Fails if any of `marked` is anywhere but where it belongs.
    fn search(&self, marked: &[Marked], log: &str, printed: &str) {
        for (what, text) in [("logged", log), ("printed", printed)] {
            for Marked { secret, .. } in marked {
                assert!(!text.contains(secret), "{secret:?} was {what}");
            }
            for beginning in BEGINNINGS {
                let found = text.find(beginning).map(|place| &text[place..text.len().min(place + 80)]);
                assert_eq!(found, None, "{beginning:?} was {what}");
            }
            assert!(!text.contains(self.smtp_password), "the password of the mail server was {what}");
        }
        for path in files(self.home.data()) {
            let (name, text) = (path.strip_prefix(self.home.data()).unwrap().to_string_lossy(), read(&path));
            for Marked { secret, belongs } in marked {
                let may_be_here = belongs.iter().any(|beginning| name.starts_with(beginning));
                assert!(may_be_here || !text.contains(secret), "{secret:?} is in {name}");
            }
        }
    }
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What is no text does not matter: all that is looked for is.
fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_printed_or_kept_as_it_is_and_what_happened_is_one_line_each() {
    let (mut stage, mut sink) = (Stage::new(), Sink::start(0, 0).await);
    stage.one_process(sink.port);
    let marked = Ada::new(&stage.home).live(&mut sink).await;
    let (log, printed) = stage.end();
    stage.search(&marked, &log, &printed);

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audited = lines.iter().filter(|line| line["target"] == "confab::audit");
    let events: Vec<&str> = audited.map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ada::EVENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_printed_or_kept_where_it_goes_from_process_to_process() {
    let (mut stage, mut sink) = (Stage::new(), Sink::start(0, 0).await);
    stage.four_processes(sink.port);
    let marked = Ada::new(&stage.home).live(&mut sink).await;
    let (log, printed) = stage.end();
    stage.search(&marked, &log, &printed);
}
