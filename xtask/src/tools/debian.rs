//! What only the system can install.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use super::{MONGOD, cache, ensure};
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

/// Returns the path of exiftool, in the version that Debian serves.
pub fn exiftool() -> Result<PathBuf> {
    if let Some(program) = find("exiftool") {
        return Ok(program);
    }
    install("libimage-exiftool-perl", "it reads what the tests' pictures tell of whoever made them")?;
    find("exiftool").context("exiftool was installed, and is not found")
}

/// Returns the path of a clamd that starts, in the version that Debian serves.
///
/// Its package is unpacked, not installed: as a service of the system it would fetch signatures, and run for ever.
pub fn clamd() -> Result<PathBuf> {
    if let Some(program) = find("clamd") {
        return Ok(program);
    }
    let folder = cache()?.join(CLAMD_PACKAGE);
    let program = folder.join("usr/sbin/clamd");
    if !program.is_file() {
        unpack(CLAMD_PACKAGE, &folder).context("cannot unpack clamd")?;
    }
    if !starts(&program, CLAMD_HELP) {
        let depends = fs::read_to_string(folder.join(DEPENDS))?;
        let library = depends.split([',', ' ']).find(|word| word.starts_with("libclamav"));
        install(library.context("clamd depends on no library of its own")?, "the library of clamd")?;
        ask(&mut command(&program, &[CLAMD_HELP]))?;
    }
    Ok(program)
}

/// The package that clamd is in.
const CLAMD_PACKAGE: &str = "clamav-daemon";
/// What it tells without a configuration, which it wants even for its version.
const CLAMD_HELP: &str = "--help";
/// Where it is noted what an unpacked package depends on.
const DEPENDS: &str = "depends";

/// Fetches `package` and unpacks it into `folder`. Nothing of it is run.
fn unpack(package: &str, folder: &Path) -> Result<()> {
    let parent = folder.parent().context("a folder lies in a folder")?;
    // Beside its place, so that it gets there in one step, whole.
    let whole = tempfile::tempdir_in(parent)?;
    let mut download = command("apt-get", &["download", "-qq", "-o", "APT::Sandbox::User=root", package]);
    let fetched = ask(download.current_dir(whole.path()));
    if fetched.is_err() && Uid::effective().is_root() {
        run(&mut command("apt-get", &["update", "-qq"]))?;
        ask(&mut download)?;
    } else {
        fetched.with_context(|| format!("cannot fetch {package}; `apt-get update` may help"))?;
    }
    let mut entries = fs::read_dir(whole.path())?;
    let archive = entries.next().context("nothing was fetched")??.path();
    let unpacked = whole.path().join("unpacked");
    ask(command("dpkg-deb", &["--extract"]).arg(&archive).arg(&unpacked))?;
    let depends = ask(command("dpkg-deb", &["--field"]).arg(&archive).arg("Depends"))?;
    fs::write(unpacked.join(DEPENDS), depends)?;
    Ok(fs::rename(unpacked, folder)?)
}

/// Returns the path of a mongod that starts.
pub fn mongod() -> Result<PathBuf> {
    let program = ensure(&MONGOD)?;
    if !starts(&program, "--version") {
        install("libcurl4", "a library of mongod")?;
        ask(&mut command(&program, &["--version"]))?;
    }
    Ok(program)
}

fn starts(program: &Path, argument: &str) -> bool {
    ask(&mut command(program, &[argument])).is_ok()
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
