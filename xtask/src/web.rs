//! The web client: its packages, its build, its own tests.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::run::{command, run};
use crate::workspace;

/// Holds the checksum of the lock file that `node_modules` was made from.
const STAMP: &str = "node_modules/.confab-stamp";

/// Installs the packages that the lock file names, unless they are there.
pub fn install() -> Result<()> {
    let stamp = workspace::web().join(STAMP);
    let lock = workspace::web().join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let wanted = hex::encode(Sha256::digest(&lock));
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"])).context(
        "cannot install the web client's packages; if the npm registry was not reached, check the network",
    )?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Builds what the server shows to browsers, into `web/dist`.
pub fn build() -> Result<()> {
    install()?;
    run(&mut npm(&["run", "build"]))
}

/// npm, in the folder of the web client.
pub fn npm(arguments: &[&str]) -> Command {
    let mut npm = command("npm", arguments);
    npm.current_dir(workspace::web());
    npm
}
