//! What a worker takes from itself before it looks at a picture.

use std::io;

use nix::sys::resource::{Resource, setrlimit};

/// How much memory a worker may have, program and all. A picture of
/// [`PIXELS_MAX`](super::PIXELS_MAX) pixels needs two thirds of it.
pub const MEMORY_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// How long a worker may compute, in seconds; whoever started it waits no longer either.
const CPU_SECONDS_MAX: u64 = 10;
/// Standard input, output and error, and what the C library opens for a moment.
const OPEN_FILES_MAX: u64 = 8;

/// Limits memory, time and files for good: the hard limits go down too.
///
/// # Errors
///
/// If the system refuses. Then no picture may be looked at.
pub fn confine() -> io::Result<()> {
    let limits = [
        (Resource::RLIMIT_AS, MEMORY_BYTES_MAX),
        (Resource::RLIMIT_CPU, CPU_SECONDS_MAX),
        (Resource::RLIMIT_NOFILE, OPEN_FILES_MAX),
        // It writes to a pipe, which this does not count.
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
        // No process and no thread beside this one, unless it runs as root.
        (Resource::RLIMIT_NPROC, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}
