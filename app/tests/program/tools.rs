//! Calls services with the tools that developers use: grpcurl and buf.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::output;

/// What a tool said, and whether it was content.
#[derive(Debug)]
pub struct Said {
    pub is_ok: bool,
    pub text: String,
}

impl Said {
    /// What was said of a success, as JSON.
    pub fn json(&self) -> Value {
        assert!(self.is_ok, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn assert_refused(&self, code: &str, what: &str) {
        assert!(!self.is_ok && self.text.contains(&format!("Code: {code}")), "{what}: {}", self.text);
    }
}

/// grpcurl, asking whoever listens on `port`.
pub fn grpcurl(port: u16, options: &[&str], rest: &[&str]) -> Said {
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(tool("grpcurl"));
    run(command.arg("-plaintext").args(options).arg(address).args(rest))
}

/// `buf curl` of `method` by one of its protocols, with the contract from its files.
pub fn buf_curl(protocol: &[&str], port: u16, method: &str, headers: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool("buf"));
    command
        .env("BUF_CACHE_DIR", folder.path())
        .current_dir(root())
        .args(["curl", "--schema", "."])
        .args(protocol);
    for header in headers {
        command.args(["--header", header]);
    }
    run(command.args(["--data", "{}", &format!("http://127.0.0.1:{port}/{method}")]))
}

/// The folder with everything in it.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn run(command: &mut Command) -> Said {
    let output = output(command);
    let text = if output.status.success() { output.stdout } else { output.stderr };
    Said { is_ok: output.status.success(), text: String::from_utf8(text).unwrap() }
}

/// The program `name`, of those that the tests were given.
pub fn tool(name: &str) -> PathBuf {
    let folder = std::env::var_os("CONFAB_TEST_TOOLS");
    let folder = folder.expect("run `cargo xtask test`, or set CONFAB_TEST_TOOLS");
    let tool = Path::new(&folder).join(name);
    assert!(tool.exists(), "{} is missing: run `cargo xtask test`", tool.display());
    tool
}
