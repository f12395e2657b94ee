//! The configuration file: a table of settings, named like their flags.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, Id};
use toml::{Table, Value};

/// The largest configuration file we read. Ours has a few dozen lines.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What a configuration file says, to be used where neither a flag nor the
/// environment says otherwise.
#[derive(Debug, Default)]
pub struct Defaults(BTreeMap<Id, Vec<String>>);

impl Defaults {
    /// Reads the file at `path`, which may name the arguments of `settings`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or has a key or a value that makes no sense.
    pub fn read(path: &Path, settings: &clap::Command) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
        if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            return Err(unreadable(io::Error::other("it is larger than 1 MiB")));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text, settings).map_err(|problem| FileError::Problem { path: path.to_owned(), problem })
    }

    /// As [`Defaults::read`], but no file is as good as an empty one.
    ///
    /// # Errors
    ///
    /// If there is a file and it makes no sense.
    pub fn read_if_there(path: &Path, settings: &clap::Command) -> Result<Self, FileError> {
        match Self::read(path, settings) {
            Err(FileError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            read => read,
        }
    }

    /// Makes what the file says the default of the arguments of `command`.
    #[must_use]
    pub fn fill(&self, command: clap::Command) -> clap::Command {
        self.0.iter().fold(command, |command, (id, values)| {
            command.mut_arg(id, |argument| argument.default_values(values.clone()))
        })
    }

    /// Whether the file says anything about the argument `id`.
    #[must_use]
    pub fn has(&self, id: &Id) -> bool {
        self.0.contains_key(id)
    }

    fn parse(text: &str, settings: &clap::Command) -> Result<Self, Problem> {
        let table: Table = text.parse().map_err(|error| syntax(text, &error))?;
        let mut defaults = BTreeMap::new();
        for (key, value) in table {
            let argument = settings
                .get_arguments()
                .find(|argument| argument.get_long() == Some(&key) && argument.get_id() != "config")
                .ok_or_else(|| Problem::UnknownKey { key: key.clone() })?;
            let values = plain_values(value)
                .and_then(|values| check(argument, &values).map(|()| values))
                .map_err(|problem| Problem::BadValue { key, problem })?;
            defaults.insert(argument.get_id().clone(), values);
        }
        Ok(Self(defaults))
    }
}

/// Where the configuration file lies if nobody says otherwise.
#[must_use]
pub fn usual_path() -> PathBuf {
    dirs::config_dir().unwrap_or_else(|| "/etc".into()).join("confab").join("config.toml")
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It was read, and makes no sense.
    #[error("{}: {problem}", path.display())]
    Problem {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with the text of a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is not TOML.
    #[error("line {line} is not TOML: {message}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// There is no such setting.
    #[error("there is no setting called `{key}`")]
    UnknownKey {
        /// What it is called.
        key: String,
    },
    /// The setting cannot have this value.
    #[error("`{key}` cannot be used: {problem}")]
    BadValue {
        /// Which setting.
        key: String,
        /// Why not.
        problem: String,
    },
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    // Some messages have several lines, which would make a poor sentence.
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Problem::Syntax { line: before.matches('\n').count() + 1, message }
}

/// The values as they would be written on the command line.
fn plain_values(value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(values) => {
            let values: Result<Vec<_>, _> = values.into_iter().map(plain_values).collect();
            Ok(values?.concat())
        }
        Value::String(text) => Ok(vec![text]),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => Ok(vec![value.to_string()]),
        Value::Datetime(_) | Value::Table(_) => Err(format!("it may not be a {}", value.type_str())),
    }
}

/// Asks clap whether the argument takes these values. A default value that it
/// does not take would make clap panic later, as if the program were wrong.
fn check(argument: &Arg, values: &[String]) -> Result<(), String> {
    let takes_many = matches!(argument.get_action(), clap::ArgAction::Append);
    if values.len() != 1 && !takes_many {
        return Err("it takes one value".to_owned());
    }
    let flag = argument.get_long().unwrap_or_default();
    let line = values.iter().map(|value| format!("--{flag}={value}"));
    let alone = clap::Command::new("check").no_binary_name(true).arg(argument.clone());
    match alone.try_get_matches_from(line) {
        Ok(_) => Ok(()),
        Err(error) => Err(reason(&error)),
    }
}

/// What is wrong, without clap's advice on how to use the command line.
fn reason(error: &clap::Error) -> String {
    use std::error::Error;

    if let Some(source) = error.source() {
        return source.to_string();
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("For more"));
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use clap::{ArgAction, Command};

    use super::*;

    fn settings() -> Command {
        Command::new("test")
            .arg(Arg::new("config").long("config"))
            .arg(Arg::new("port").long("port").value_parser(clap::value_parser!(u16)).default_value("1"))
            .arg(Arg::new("kind").long("kind").value_parser(["small", "large"]))
            .arg(Arg::new("origin").long("origin").action(ArgAction::Append))
    }

    fn problem(text: &str) -> String {
        Defaults::parse(text, &settings()).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_file_gives_defaults_that_a_flag_overrides() {
        let text = "port = 7\norigin = ['a', 'b']";
        let command = Defaults::parse(text, &settings()).unwrap().fill(settings());

        let matches = command.clone().get_matches_from(["test"]);
        assert_eq!(matches.get_one::<u16>("port"), Some(&7));
        let origins: Vec<&String> = matches.get_many("origin").unwrap().collect();
        assert_eq!(origins, ["a", "b"]);

        let matches = command.get_matches_from(["test", "--port", "9"]);
        assert_eq!(matches.get_one::<u16>("port"), Some(&9));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert_eq!(problem("prot = 7"), "there is no setting called `prot`");
        assert_eq!(problem("config = 'x'"), "there is no setting called `config`");
        assert!(problem("port = 'seven'").starts_with("`port` cannot be used: invalid digit"));
        assert!(problem("port = 70000").starts_with("`port` cannot be used: 70000 is not in"));
        assert!(problem("port = true").starts_with("`port`"));
        assert_eq!(problem("port = [1, 2]"), "`port` cannot be used: it takes one value");
        assert_eq!(problem("[port]"), "`port` cannot be used: it may not be a table");
        assert!(problem("kind = 'huge'").contains("small, large"));
        assert!(problem("port = 1\nport =").starts_with("line 2 is not TOML"));
    }
}
