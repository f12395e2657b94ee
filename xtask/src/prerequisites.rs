//! What has to be on the machine already, and how it gets there.

use std::process::Command;

use anyhow::{Result, bail};

use crate::run::ask;

/// The oldest Node that the web client's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Something to install by hand, and the words that tell how.
struct Prerequisite {
    program: &'static str,
    wanted_for: &'static str,
    install: &'static str,
}

const NODE: Prerequisite = Prerequisite {
    program: "node",
    wanted_for: "the web client is built with it",
    install: "install Node.js 20 or newer, for instance: apt-get install -y nodejs npm",
};

const NPM: Prerequisite = Prerequisite {
    program: "npm",
    wanted_for: "the web client's packages come with it",
    install: "apt-get install -y npm",
};

const C_COMPILER: Prerequisite = Prerequisite {
    program: "cc",
    wanted_for: "SQLite and the cryptography are compiled with it",
    install: "apt-get install -y build-essential",
};

const PIP: Prerequisite = Prerequisite {
    program: "pip3",
    wanted_for: "the tests' tools are fetched with it",
    install: "apt-get install -y python3 python3-pip",
};

/// Checks for what building the web client and the server takes.
pub fn for_building() -> Result<()> {
    for_web()?;
    C_COMPILER.require()
}

/// Checks for what building the web client takes.
pub fn for_web() -> Result<()> {
    NODE.require()?;
    NPM.require()?;
    let version = ask(Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("Node {version} is too old: {}", NODE.install);
    }
    Ok(())
}

/// Checks for what fetching tools takes.
pub fn for_tools() -> Result<()> {
    // As a module, because that is how it is called, whatever the shell finds first.
    match ask(Command::new("python3").args(["-m", "pip", "--version"])) {
        Ok(_) => Ok(()),
        Err(_) => PIP.missing(),
    }
}

/// Checks for the parts of the Rust toolchain that a minimal one lacks.
pub fn for_lints() -> Result<()> {
    for part in ["fmt", "clippy"] {
        if ask(&mut crate::run::cargo(&[part, "--version"])).is_err() {
            bail!("cargo {part} is missing; this installs it: rustup component add clippy rustfmt");
        }
    }
    Ok(())
}

impl Prerequisite {
    fn require(&self) -> Result<()> {
        match Command::new(self.program).arg("--version").output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(_) | Err(_) => self.missing(),
        }
    }

    fn missing(&self) -> Result<()> {
        bail!("{} is missing ({}). This installs it:\n\n    {}", self.program, self.wanted_for, self.install)
    }
}

/// The 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_found() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("what?"), None);
    }

    #[test]
    fn a_missing_program_is_named_with_the_command_that_installs_it() {
        let nowhere = Prerequisite {
            program: "confab-no-such-program",
            wanted_for: "a test",
            install: "apt-get install x",
        };
        let error = nowhere.require().unwrap_err().to_string();
        assert!(error.contains("confab-no-such-program") && error.contains("apt-get install x"), "{error}");
    }
}
