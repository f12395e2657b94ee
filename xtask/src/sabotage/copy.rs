//! A copy of the sources that may be broken.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{ask, command};
use crate::workspace::{self, Profile};

/// The sources below Cargo's folder, and the programs made of them: these go
/// when this value goes. The sources stay, so that the next run is quicker.
pub struct SourceCopy {
    root: PathBuf,
    target: PathBuf,
}

impl SourceCopy {
    /// Copies all files of the repository that are not ignored. What is there
    /// already and the same stays as it is, and need not be built again.
    pub fn make() -> Result<Self> {
        let program = workspace::program(Profile::Dev)?;
        let target = program.parent().and_then(Path::parent).context("cannot tell where Cargo builds")?;
        let copy = Self { root: target.join("sabotage"), target: target.to_owned() };
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        for file in ask(&mut command("git", &list))?.split_terminator('\0') {
            copy.restore(file)?;
        }
        Ok(copy)
    }

    /// Where the copy is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where Cargo builds it: where it builds the original too, because most of
    /// what is needed is there already.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Makes `file` what it is in the repository.
    pub fn restore(&self, file: &str) -> Result<()> {
        let original = workspace::root().join(file);
        match fs::read(&original) {
            Ok(bytes) => self.put(file, &bytes),
            // It is in the index, and was deleted since.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", original.display())),
        }
    }

    /// Makes `text` of `file`.
    pub fn write(&self, file: &str, text: &str) -> Result<()> {
        self.put(file, text.as_bytes())
    }

    fn put(&self, file: &str, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(file);
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Drop for SourceCopy {
    fn drop(&mut self) {
        // Cargo puts the sound one there when it builds next. If it cannot go,
        // it was never built.
        if let Ok(program) = workspace::program(Profile::Dev) {
            drop(fs::remove_file(program));
        }
    }
}
