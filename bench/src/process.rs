//! What a process costs, as the system counts it.

use std::fs;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How many ticks of `/proc/<pid>/stat` are a second: `USER_HZ`, which is 100
/// on every architecture that we run on, whatever the kernel's own clock.
const TICKS_PER_SECOND: u64 = 100;
const MILLIS_PER_TICK: u64 = 1_000 / TICKS_PER_SECOND;

/// A process whose cost is of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// What it is called in the report.
    pub name: String,
    /// Its id.
    pub pid: u32,
}

/// What a process has cost so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The time that it has run, over all cores, to a hundredth of a second.
    pub cpu: Duration,
    /// The memory that it has now, in KiB.
    pub resident_kib: u64,
}

impl Watched {
    /// What it has cost so far.
    ///
    /// # Errors
    ///
    /// If there is no such process any more.
    pub fn cost(&self) -> Result<Cost> {
        let ticks = cpu_ticks(&self.read("stat")?).context("cannot read the CPU time of a process")?;
        let resident_kib = self.memory_kib("VmRSS")?;
        Ok(Cost { cpu: Duration::from_millis(ticks * MILLIS_PER_TICK), resident_kib })
    }

    /// The most memory that it has had at once so far, in KiB.
    ///
    /// # Errors
    ///
    /// If there is no such process any more.
    pub fn peak_kib(&self) -> Result<u64> {
        self.memory_kib("VmHWM")
    }

    fn memory_kib(&self, field: &str) -> Result<u64> {
        kib(&self.read("status")?, field).context("cannot read the memory of a process")
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.pid);
        fs::read_to_string(path).with_context(|| format!("{} is not there any more", self.name))
    }
}

/// Reads `mongod=1234`.
impl FromStr for Watched {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let Some((name, pid)) = text.split_once('=') else { bail!("must look like mongod=1234") };
        let pid = pid.parse().context("after = there must be the id of a process")?;
        Ok(Self { name: name.to_owned(), pid })
    }
}

/// Time in user mode and in the kernel: fields 14 and 15 of `/proc/<pid>/stat`.
/// The second field is the name of the program, in which anything may stand.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(14 - 3);
    let (user, kernel): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + kernel)
}

/// The field `name` of `/proc/<pid>/status`, in KiB.
fn kib(status: &str, name: &str) -> Option<u64> {
    let mut fields = status.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(field, _)| *field == name)?;
    value.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_program_does_not_confuse() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 9 0 1 1 1";
        assert_eq!(cpu_ticks(stat), Some(12));
        assert_eq!(cpu_ticks("42"), None);
    }

    #[test]
    fn memory_is_read_in_kib() {
        assert_eq!(kib("VmPeak:\t  10 kB\nVmRSS:\t    6128 kB\n", "VmRSS"), Some(6_128));
        assert_eq!(kib("VmRSS:\tmany\n", "VmRSS"), None);
    }

    #[test]
    fn this_process_costs_something() {
        let own = Watched { name: "tests".into(), pid: std::process::id() };
        assert!(own.cost().unwrap().resident_kib > 0);
        assert!(own.peak_kib().unwrap() >= own.cost().unwrap().resident_kib / 2);
    }

    #[test]
    fn a_process_is_named_with_its_id() {
        assert_eq!("mongod=12".parse::<Watched>().unwrap(), Watched { name: "mongod".into(), pid: 12 });
        assert!("mongod".parse::<Watched>().is_err());
        assert!("mongod=x".parse::<Watched>().is_err());
    }
}
