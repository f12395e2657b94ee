//! The tools that the tests need: real programs, at one version, with a known checksum.
//!
//! They are kept in `$XDG_CACHE_HOME/confab/tools`, or `~/.cache/confab/tools`, and nothing outside it is changed.
//! Chromium, exiftool and clamd are Debian's own packages: they need libraries that only the system can install.

mod debian;
mod fetch;
mod python;
mod table;

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

pub use debian::{CHROMIUM_VARIABLE, chromium, mongod};

use debian::{clamd, exiftool};
pub use python::{API_CHECK, SCHEMA_CHECK};
pub use table::{BUF, CARGO_DENY, ENVOY, HADOLINT, NATS_SERVER, TABLE, Tool};

use table::MONGOD;

use crate::prerequisites;

/// Names a folder with tools of the developer's own. They are taken as they are.
pub const TOOLS_VARIABLE: &str = "CONFAB_TEST_TOOLS";

/// Returns the path of `tool`, fetching it if it is not there yet.
pub fn ensure(tool: &Tool) -> Result<PathBuf> {
    let own = env::var_os(TOOLS_VARIABLE).map(|folder| Path::new(&folder).join(tool.program));
    match own.filter(|program| program.is_file()) {
        Some(program) => Ok(program),
        None => fetch::ensure(tool, &cache()?),
    }
}

/// Fetches everything that any test needs.
pub fn ensure_all() -> Result<()> {
    prerequisites::for_tools()?;
    for tool in TABLE {
        let program = ensure(tool)?;
        println!("{} {}: {}", tool.program, tool.version, program.display());
    }
    mongod()?;
    SCHEMA_CHECK.ensure()?;
    for (name, program) in [("chromium", chromium()?), ("exiftool", exiftool()?), ("clamd", clamd()?)] {
        println!("{name}: {}", program.display());
    }
    Ok(())
}

/// A folder in which the tools stand side by side; it goes with the value.
pub fn side_by_side() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("confab-tools-").tempdir()?;
    for tool in TABLE {
        let program = ensure(tool)?;
        symlink(program, folder.path().join(tool.program)).context("cannot link a tool")?;
    }
    for (name, program) in [("exiftool", exiftool()?), ("clamd", clamd()?)] {
        symlink(program, folder.path().join(name)).context("cannot link a tool")?;
    }
    Ok(folder)
}

/// The folder that keeps the tools from one run to the next.
fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let base = base.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
    let folder = base.context("neither XDG_CACHE_HOME nor HOME is set")?.join("confab/tools");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
