//! `confab config print`: the settings in force, as a configuration file.

use std::ffi::OsStr;
use std::fmt::Write;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use toml::Value;

use crate::file::Defaults;
use crate::secrets;

/// Writes every argument of `settings` with its value in `matches`.
///
/// The result can be used as a configuration file. Secrets have no place in
/// one, so all that is said of them, in a comment, is whether they are there.
#[must_use]
pub fn print(settings: &clap::Command, matches: &ArgMatches, defaults: &Defaults) -> String {
    let mut text = String::from("# The settings of Confab as they are in force.\n");
    for argument in settings.get_arguments() {
        text.push('\n');
        text.push_str(&setting(argument, matches, defaults));
    }
    for variable in secrets::VARIABLES {
        let state = if std::env::var_os(variable).is_some() { "[REDACTED]" } else { "not set" };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n# {variable} (a secret, from the environment): {state}\n");
    }
    text
}

fn setting(argument: &Arg, matches: &ArgMatches, defaults: &Defaults) -> String {
    let key = argument.get_long().unwrap_or_default();
    let id = argument.get_id();
    let source = match matches.value_source(id.as_str()) {
        Some(ValueSource::CommandLine) => "flag",
        Some(ValueSource::EnvVariable) => "environment",
        _ if defaults.has(id) => "file",
        _ => "default",
    };
    let help = argument.get_help().map(|help| format!("# {help}\n")).unwrap_or_default();
    let values: Vec<_> = matches.get_raw(id.as_str()).into_iter().flatten().map(value).collect();
    let takes_many = matches!(argument.get_action(), clap::ArgAction::Append);
    match values.as_slice() {
        // A comment, because TOML has no way to say that there is nothing.
        [] => format!("{help}# {key} = (not set)\n"),
        [one] if !takes_many && id != "config" => format!("{help}{key} = {one} # {source}\n"),
        // The file does not name itself.
        [one] if !takes_many => format!("{help}# {key} = {one} # {source}\n"),
        many => format!("{help}{key} = {} # {source}\n", Value::Array(many.to_vec())),
    }
}

/// As it is said in TOML: a number and a truth value without quotes.
fn value(raw: &OsStr) -> Value {
    let text = raw.to_string_lossy();
    match (text.parse(), text.parse()) {
        (Ok(truth), _) => Value::Boolean(truth),
        (_, Ok(number)) => Value::Integer(number),
        _ => Value::String(text.into_owned()),
    }
}
