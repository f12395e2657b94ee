//! The `confab` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    confab::run(std::env::args_os())
}
