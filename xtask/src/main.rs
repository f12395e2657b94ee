//! The developer's commands: `cargo xtask up`, `cargo xtask test` and their kin.
//!
//! # Invariants
//!
//! * Whatever is started here is stopped here: after success, after failure and after Ctrl-C.
//! * Every command is printed before it runs, so that anybody can run it by hand.
//! * What is fetched has a version and a checksum written down in `tools/table.rs`; nothing else is run.
//! * Nothing of the product is in here, and nothing in here is in the product.

mod bench;
mod dev;
mod figures;
mod generate;
mod mongod;
mod nats;
mod oracle;
mod port;
mod prerequisites;
mod process;
mod run;
mod sabotage;
mod server;
mod test;
mod tools;
mod up;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// The developer's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Command {
    /// Builds the web client and the server, and runs everything with the embedded database.
    Up(up::Arguments),
    /// Fetches what the tests need and runs every test, or only the stages named.
    Test(test::Arguments),
    /// Runs the stages that need no browser: format, clippy, contract and rust.
    Check,
    /// Runs the server, and Vite in front of it, which shows a change of the web client at once.
    Dev(dev::Arguments),
    /// Builds for speed, puts the product under load, measures it, and checks what it says.
    Bench(bench::Arguments),
    /// Builds for speed, and has a browser measure the web client.
    Figures(figures::Arguments),
    /// Builds for speed, and makes the pictures of the README anew.
    Portray(figures::Served),
    /// Breaks copies of the server on purpose, and fails unless the history checker finds each of them.
    Sabotage,
    /// Asks Envoy what it makes of requests in JSON, and compares it with what we do.
    Oracle,
    /// Writes the web client's code for the contract anew.
    Gen,
}

fn main() -> ExitCode {
    let done = process::end_with_ctrl_c().and_then(|()| match Command::parse() {
        Command::Up(arguments) => up::up(&arguments),
        Command::Test(arguments) => test::test(&arguments),
        Command::Check => test::check(),
        Command::Dev(arguments) => dev::dev(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Figures(arguments) => figures::figures(&arguments),
        Command::Portray(served) => figures::portray(&served),
        Command::Sabotage => sabotage::sabotage(),
        Command::Oracle => oracle::oracle(),
        Command::Gen => generate::generate(),
    });
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    if error.is::<process::Interrupted>() {
        eprintln!("\nStopped.");
        return ExitCode::from(process::INTERRUPTED_STATUS);
    }
    eprintln!("\nerror: {error:#}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_do_not_clash() {
        Command::command().debug_assert();
    }
}
