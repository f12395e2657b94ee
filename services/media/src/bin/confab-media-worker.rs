//! A worker as a program of its own; `confab` has it built in, under a name that it tells nobody.

use std::process::ExitCode;

fn main() -> ExitCode {
    confab_media::intake::run_worker()
}
