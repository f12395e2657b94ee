//! The command line, and how it meets the configuration file.
//!
//! A setting is declared once, as a clap argument. Whatever the file says
//! becomes the default value of that argument, so that "flag, then environment,
//! then file, then default" is clap's own order and not a second one of ours.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use clap_complete::Shell;

use crate::config::Settings;
use crate::file::{self, Defaults};
use crate::media;
use crate::moving::Move;

/// Chat for your own people, as one program.
#[derive(Debug, clap::Parser)]
#[command(name = "confab", bin_name = "confab", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Without a command, confab serves. Every setting is a flag, an environment variable and a key of the
configuration file; `confab config print` shows where each one stands.";

/// What the program is asked to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Runs Confab: everything in this process, or one role of it.
    Serve(Box<Settings>),
    /// Asks the Confab that has these settings whether it is ready; exits with 1 if not.
    Health(Box<Settings>),
    /// Does what only whoever runs the server may do.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Decodes one picture; started by the media service, and by nobody else.
    #[command(name = media::WORKER, hide = true)]
    DecodePicture,
    /// Looks at the configuration.
    Config {
        /// What to do with it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Prints a script that completes commands and flags in a shell.
    Completions {
        /// The shell to complete for.
        shell: Shell,
    },
}

/// What operators can have done, on the machine with the data folder.
#[derive(Debug, clap::Subcommand)]
pub enum AdminCommand {
    /// Has auth sign access tokens with a new key; nobody is logged out by it.
    RotateKeys(Box<Settings>),
    /// Looks after pictures and files.
    Media {
        /// What to do with them.
        #[command(subcommand)]
        command: MediaCommand,
    },
}

/// What operators can have done with pictures and files.
#[derive(Debug, clap::Subcommand)]
pub enum MediaCommand {
    /// Compares the bytes of files with what is known of them; exits with 1 if something is missing.
    ///
    /// With the embedded database, stop Confab first.
    Check(Box<Settings>),
    /// Copies the bytes of all files to another kind of store; what is there already is not copied again.
    Move(Box<Move>),
}

/// What can be done with the configuration.
#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Prints every setting as it is in force, in the form of the configuration file.
    Print(Box<Settings>),
}

/// A command line that made sense.
#[derive(Debug)]
pub struct Parsed {
    /// What to do.
    pub command: Command,
    /// What the configuration file said.
    pub defaults: Defaults,
    /// Where each setting comes from.
    pub matches: ArgMatches,
}

/// Why a command line made none.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Also how `--help` and `--version` come about.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    /// The configuration file is at fault.
    #[error(transparent)]
    File(#[from] file::FileError),
}

/// Reads `arguments`, the first of which is the name of the program.
///
/// # Errors
///
/// If they, the environment or the configuration file cannot be understood.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, ParseError> {
    let arguments = with_command(arguments);
    // The first reading only finds the file; the second one knows what it says.
    let matches = command().try_get_matches_from(&arguments)?;
    let defaults = match leaf(&matches).try_get_one::<PathBuf>("config") {
        Ok(Some(named)) => Defaults::read(named, &settings())?,
        Ok(None) => Defaults::read_if_there(&file::usual_path(), &settings())?,
        // A command without settings.
        Err(_) => Defaults::default(),
    };
    let matches = command_with(&defaults).try_get_matches_from(&arguments)?;
    let Cli { command } = Cli::from_arg_matches(&matches)?;
    let matches = leaf(&matches).clone();
    Ok(Parsed { command, defaults, matches })
}

/// The whole command line, for help and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// The settings alone, as a command that has nothing else.
#[must_use]
pub fn settings() -> clap::Command {
    <Settings as clap::Args>::augment_args(clap::Command::new("settings"))
}

fn command_with(defaults: &Defaults) -> clap::Command {
    let fill = |command: clap::Command| defaults.fill(command);
    command()
        .mut_subcommand("serve", fill)
        .mut_subcommand("health", fill)
        .mut_subcommand("admin", |admin| admin.mut_subcommand("rotate-keys", fill))
        .mut_subcommand("admin", |admin| {
            admin.mut_subcommand("media", |media| {
                media.mut_subcommand("check", fill).mut_subcommand("move", fill)
            })
        })
        .mut_subcommand("config", |config| config.mut_subcommand("print", fill))
}

/// Puts `serve` where no command was given, so that `confab --listen …` works.
fn with_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    let for_us = ["-h", "--help", "-V", "--version"];
    let is_flag_of_serve = arguments.get(1).is_none_or(|first| {
        first.to_string_lossy().starts_with('-') && !for_us.iter().any(|own| first == own)
    });
    if is_flag_of_serve {
        arguments.insert(arguments.len().min(1), "serve".into());
    }
    arguments
}

/// The innermost command that was given.
fn leaf(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| leaf(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_settings_do_not_clash() {
        command().debug_assert();
    }

    #[test]
    fn to_serve_need_not_be_said() {
        assert_eq!(with_command(words("confab")), words("confab serve"));
        assert_eq!(with_command(words("confab --listen 1")), words("confab serve --listen 1"));
        assert_eq!(with_command(words("confab --help")), words("confab --help"));
        assert_eq!(with_command(words("confab health")), words("confab health"));
    }

    #[test]
    fn every_setting_can_be_given_in_three_ways() {
        for setting in settings().get_arguments() {
            let flag = setting.get_long().expect("a flag").to_owned();
            let variable = setting.get_env().expect("a variable").to_owned();
            let expected = format!("CONFAB_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(variable.to_string_lossy(), expected, "--{flag}");
        }
    }
}
