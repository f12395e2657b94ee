//! Runs the real program, with data and settings of its own.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(50);
/// Names the folder for the logs of all that servers do, if somebody searches them for secrets.
const LOGS: &str = "CONFAB_TEST_LOGS";
/// The tests whose servers do the same thing thousands of times, so that there is nothing else to be found.
const OF_LOAD: [&str; 3] = ["cluster", "durability", "ordeal"];

/// A folder for data, and a port: what a test needs to run the program.
pub struct Home {
    folder: TempDir,
    pub port: u16,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: free_port() }
    }

    /// The folder; data is in it, and nothing else.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The program with `arguments` and nothing of the developer's own settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_confab"));
        for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("CONFAB_")) {
            command.env_remove(variable);
        }
        command.env("XDG_CONFIG_HOME", self.data().join("config")).env("CONFAB_DATA", self.data());
        command.env("CONFAB_LISTEN", format!("127.0.0.1:{}", self.port)).args(arguments);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        output(&mut self.command(arguments))
    }

    /// Starts a server, and waits until it is ready.
    pub fn serve(&self) -> Server {
        let server = Server::start(&mut self.command(&["serve"]), self.port);
        server.wait_until_ready();
        server
    }
}

/// Where what `command` logs goes. If somebody searches it, that is all there is, unless it says otherwise.
fn log(command: &mut Command, port: u16) -> Stdio {
    let test = env!("CARGO_CRATE_NAME");
    let Some(folder) = std::env::var_os(LOGS).filter(|_| !OF_LOAD.contains(&test)) else {
        return Stdio::null();
    };
    if !command.get_envs().any(|(name, value)| name == "CONFAB_LOG" && value.is_some()) {
        command.env("CONFAB_LOG", "trace");
    }
    let path = Path::new(&folder).join(format!("{test}-{}-{port}.log", std::process::id()));
    File::options().create(true).append(true).open(path).unwrap().into()
}

/// Runs `command` to its end.
pub fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// What the program said of its failure, which is to be one line.
pub fn failure(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(own.len(), 1, "one clear sentence, but: {text}");
    own[0].to_owned()
}

/// A running server, which ends with the test.
pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub fn start(command: &mut Command, port: u16) -> Self {
        let log = log(command, port);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        Self { child: child.unwrap(), port }
    }

    /// The server that `child` is.
    pub fn of(child: Child, port: u16) -> Self {
        Self { child, port }
    }

    pub fn wait_until_ready(&self) {
        until("the server is ready", || self.get("/readyz").starts_with("HTTP/1.0 200"));
    }

    /// The whole answer to a GET of `path`; nothing if nobody answers.
    pub fn get(&self, path: &str) -> String {
        get(self.port, path)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends `signal`, such as `TERM`.
    pub fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("the server has ended", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// What it printed for people, once it has ended.
    pub fn printed(&mut self) -> String {
        let mut text = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole answer to a GET of `path` on `port`; nothing if nobody answers.
pub fn get(port: u16, path: &str) -> String {
    ask(port, "GET", path)
}

/// The whole answer to a request without a body; nothing if nobody answers.
pub fn ask(port: u16, method: &str, path: &str) -> String {
    let mut answer = String::new();
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return answer;
    };
    let request = format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    if stream.write_all(request.as_bytes()).is_ok() {
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Looks again and again until `done`.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(PAUSE);
    }
}
