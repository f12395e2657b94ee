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

/// What operators can have done, on the machine with the data folder. A server
/// that runs with it goes on, and heeds what was done.
#[derive(Debug, clap::Subcommand)]
pub enum AdminCommand {
    /// Has auth sign access tokens with a new key; nobody is logged out by it.
    RotateKeys(Box<Settings>),
    /// Makes somebody an admin: the first one is made so.
    MakeAdmin(OneAccount),
    /// Has somebody be no admin any more.
    RevokeAdmin(OneAccount),
    /// Keeps somebody out: all their sessions end, and they cannot log in.
    DisableAccount(OneAccount),
    /// Lets somebody in again.
    EnableAccount(OneAccount),
    /// Makes somebody's password good for nothing; they set another one.
    ///
    /// They are sent a letter. Without mail, a code is printed here once, with
    /// which they can do it within an hour.
    ForcePasswordReset(OneAccount),
    /// Lists accounts, by name.
    ListAccounts(ManyAccounts),
    /// Lists what happened to accounts, the latest first.
    ListAuditEvents(AuditLog),
    /// Deletes somebody's account for good; what they have said is erased within a day.
    EraseAccount(OneAccount),
    /// Lists accounts that were deleted and are not erased everywhere yet.
    ListErasures(Plain),
    /// Lists letters that could not be sent yet.
    ListUnsentLetters(Plain),
    /// Lists what somebody's devices were told while no page was open, or why not, the latest first.
    ListPushes(Pushes),
    /// Takes accounts over from elsewhere, with their passwords.
    ///
    /// From JSON lines, such as
    /// `{"email": "a@example.com", "fullName": "A", "password": "$2b$10$…", "createdAt": "2024-01-31T12:00:00Z"}`,
    /// or from the collection `users` of the MongoDB whose URL is in the variable
    /// `CONFAB_IMPORT_MONGODB_URL`. Passwords are what bcrypt made of them. Who is
    /// here already is left as they are, so it can be done again.
    ImportUsers(Importing),
    /// Looks after pictures and files.
    Media {
        /// What to do with them.
        #[command(subcommand)]
        command: MediaCommand,
    },
}

/// Accounts from elsewhere.
#[derive(Debug, clap::Args)]
pub struct Importing {
    /// A file with JSON lines, or - for standard input; without it, from MongoDB
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// The database in MongoDB, if the URL does not name it
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    pub database: Option<String>,

    /// Only says what would be done
    #[arg(long)]
    pub dry_run: bool,

    /// How to say what was done.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// A command about one account.
#[derive(Debug, clap::Args)]
pub struct OneAccount {
    /// The e-mail address of the account, or its id
    pub account: String,

    /// How to say what was done.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// A command about many accounts.
#[derive(Debug, clap::Args)]
pub struct ManyAccounts {
    /// Only people whose name, a word of it, or e-mail address begins with this
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub query: String,

    /// Only accounts in this state
    #[arg(long, value_name = "STATE")]
    pub state: Option<State>,

    /// Only admins
    #[arg(long)]
    pub admins_only: bool,

    /// How many at the most.
    #[command(flatten)]
    pub size: Size,

    /// How to show them.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// A look into the audit log.
#[derive(Debug, clap::Args)]
pub struct AuditLog {
    /// Only what has to do with this account: its e-mail address or id
    pub account: Option<String>,

    /// How many at the most.
    #[command(flatten)]
    pub size: Size,

    /// How to show them.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// A look at what became of pushes.
#[derive(Debug, clap::Args)]
pub struct Pushes {
    /// Whose devices: the e-mail address of the account, or its id
    pub account: String,

    /// How many at the most.
    #[command(flatten)]
    pub size: Size,

    /// How to show them.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// A look at something of which there is little.
#[derive(Debug, clap::Args)]
pub struct Plain {
    /// How to show them.
    #[command(flatten)]
    pub form: Form,

    /// Where the data is.
    #[command(flatten)]
    pub settings: Box<Settings>,
}

/// How much to show.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct Size {
    /// How many to show at the most
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub limit: usize,
}

/// In which form to show something.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct Form {
    /// Prints JSON, one object for each line, instead of text
    #[arg(long)]
    pub json: bool,
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum State {
    /// It can.
    Active,
    /// Nobody can log in to it.
    Disabled,
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
        .mut_subcommand("admin", |admin| {
            admin.mut_subcommands(|command| {
                // What has commands of its own has no settings beside theirs.
                if command.has_subcommands() { command.mut_subcommands(fill) } else { fill(command) }
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
