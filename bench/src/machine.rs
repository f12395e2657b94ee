//! What figures were measured on: without it they say nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The machine, the compiler and the code, in one line. What cannot be found out is left out.
#[must_use]
pub fn describe(data: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = field("/proc/cpuinfo", "model name").map(|model| format!("{cores} cores ({model})"));
    let memory = field("/proc/meminfo", "MemTotal").and_then(|total| gib(&total));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    let kernel = kernel.map(|kernel| format!("Linux {}", kernel.trim()));
    let disk = fs::read_to_string("/proc/mounts").ok().and_then(|mounts| file_system(&mounts, data));
    let disk = disk.map(|kind| format!("data on {kind}"));
    let parts = [cpu, memory, kernel, disk, said("rustc", &["--version"]), commit()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many files this process may have open, which bounds the connections of a run.
#[must_use]
pub fn open_files_max() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

fn commit() -> Option<String> {
    let commit = said("git", &["rev-parse", "--short", "HEAD"])?;
    let changed = said("git", &["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
    Some(format!("commit {commit}{}", if changed { " with changes" } else { "" }))
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The value of the first line `name : value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned());
    values.next()
}

/// `24601012 kB` as `23 GiB`.
fn gib(kib: &str) -> Option<String> {
    let kib: u64 = kib.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{} GiB", kib / 1_024 / 1_024))
}

/// The kind of file system that `path` is on: the one that is mounted nearest.
fn file_system(mounts: &str, path: &Path) -> Option<String> {
    let mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let above = mounts.filter(|fields| fields.len() > 2 && path.starts_with(fields[1]));
    above.max_by_key(|fields| fields[1].len()).map(|fields| fields[2].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /home xfs rw 0 0";
        assert_eq!(file_system(mounts, Path::new("/tmp/bench")).as_deref(), Some("tmpfs"));
        assert_eq!(file_system(mounts, Path::new("/var")).as_deref(), Some("ext4"));
    }

    #[test]
    fn a_machine_is_described() {
        let text = describe(Path::new("/"));
        assert!(text.contains("Linux ") && text.contains("rustc "), "{text}");
        assert!(open_files_max() > Some(0));
    }
}
