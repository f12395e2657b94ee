//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root of the repository.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder of the web client.
pub fn web() -> PathBuf {
    root().join("web")
}

/// How Cargo builds the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// What the tests are built with, so that most of it is compiled already.
    Dev,
    /// Slow to build, quick to run.
    Release,
}

/// The program `confab`, as Cargo has built it.
pub fn program(profile: Profile) -> Result<PathBuf> {
    built(profile, "confab")
}

/// The program `name`, as Cargo has built it.
///
/// It lies beside this program, wherever Cargo was told to build.
pub fn built(profile: Profile, name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where Cargo builds")?;
    let dev = own.parent().context("this program lies in no folder")?;
    Ok(match profile {
        Profile::Dev => dev.join(name),
        Profile::Release => dev.with_file_name("release").join(name),
    })
}
