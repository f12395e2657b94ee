//! A real mail server in a process of its own: `smtp_sink.py`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

/// How long a letter may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many letters can be there before they are read.
const LETTERS_MAX: usize = 100;

/// A mail server, which ends with the test.
pub struct Sink {
    child: Child,
    letters: mpsc::Receiver<String>,
    pub port: u16,
}

/// A letter that has arrived.
pub struct Arrived(Value);

impl Sink {
    /// Starts one on `port`, or on any if that is 0. It does not take the first
    /// `refused` letters.
    pub async fn start(port: u16, refused: u32) -> Self {
        Self::run(&[&port.to_string(), &refused.to_string()]).await
    }

    /// Starts one with these arguments.
    pub async fn run(arguments: &[&str]) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("smtp_sink.py")]).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, mut letters) = mpsc::channel(LETTERS_MAX);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if sender.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        let listening = tokio::time::timeout(PATIENCE, letters.recv()).await.unwrap().unwrap();
        let port = listening.strip_prefix("listening ").unwrap().parse().unwrap();
        Self { child, letters, port }
    }

    /// The next letter.
    pub async fn letter(&mut self) -> Arrived {
        self.letter_within(PATIENCE).await.expect("a letter")
    }

    /// The next letter, if it comes in this time.
    pub async fn letter_within(&mut self, time: Duration) -> Option<Arrived> {
        let line = tokio::time::timeout(time, self.letters.recv()).await.ok()?.unwrap();
        Some(Arrived(serde_json::from_str(&line).unwrap()))
    }

    /// Whether there is no letter that was not read.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }
}

impl Arrived {
    pub fn to(&self) -> &str {
        self.0["to"][0].as_str().unwrap()
    }

    pub fn subject(&self) -> &str {
        self.0["subject"].as_str().unwrap()
    }

    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap()
    }

    /// The code, which stands on a line of its own, in the text and in the HTML.
    pub fn code(&self) -> String {
        let code = self.text().lines().find(|line| line.len() == 43 && !line.contains(' ')).unwrap();
        assert!(self.html().contains(&format!("<code>{code}</code>")));
        code.to_owned()
    }

    /// Where it leads, which stands on a line of its own too.
    pub fn link(&self) -> Option<&str> {
        let link = self.text().lines().find(|line| line.starts_with("http"))?;
        assert!(self.html().contains(&format!("<a href=\"{link}\">")), "{}", self.html());
        Some(link)
    }

    fn html(&self) -> &str {
        self.0["html"].as_str().unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
