//! What only the system can install.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use super::{MONGOD, ensure};
use crate::run::{ask, command, run};

/// Names a Chromium of the developer's own.
pub const CHROMIUM_VARIABLE: &str = "CONFAB_TEST_CHROMIUM";

/// Returns the path of Chromium, in the version that Debian serves.
pub fn chromium() -> Result<PathBuf> {
    if let Some(own) = env::var_os(CHROMIUM_VARIABLE) {
        return Ok(PathBuf::from(own));
    }
    if let Some(program) = find("chromium") {
        return Ok(program);
    }
    install("chromium", "the browser of the end-to-end tests")?;
    find("chromium").context("Chromium was installed, and is not found")
}

/// Returns the path of a mongod that starts.
pub fn mongod() -> Result<PathBuf> {
    let program = ensure(&MONGOD)?;
    if !starts(&program) {
        install("libcurl4", "a library of mongod")?;
        ask(&mut command(&program, &["--version"]))?;
    }
    Ok(program)
}

fn starts(program: &Path) -> bool {
    ask(&mut command(program, &["--version"])).is_ok()
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|program| fs::metadata(program).is_ok())
}

/// Installs `package` if we are root, and says how to otherwise.
fn install(package: &str, what: &str) -> Result<()> {
    if !Uid::effective().is_root() {
        bail!("{package} is missing ({what}). This installs it:\n\n    sudo apt-get install -y {package}");
    }
    let update = run(&mut command("apt-get", &["update", "-qq"]));
    // Somebody else may be installing something: then wait for them.
    let wait = ["-o", "DPkg::Lock::Timeout=300"];
    let mut install = command("apt-get", &["install", "-qq", "-y", "--no-install-recommends"]);
    install.args(wait).arg(package).env("DEBIAN_FRONTEND", "noninteractive");
    update.and_then(|()| run(&mut install)).with_context(|| {
        format!("cannot install {package}; if Debian's packages were not reached, check the network")
    })
}
