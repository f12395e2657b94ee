//! Where settings come from, and what is said of those that make no sense.

use std::fs;
use std::path::PathBuf;

use crate::process::{Home, failure, output};

fn file(home: &Home, text: &str) -> PathBuf {
    let path = home.data().join("config/confab/config.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn printed(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = home.command(&["config", "print"]);
    let output = output(command.args(arguments).envs(variables.iter().copied()));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_flag_goes_before_the_environment_before_the_file_before_the_default() {
    let home = Home::new();
    let line = |text: &str| text.lines().find(|line| line.starts_with("log = ")).unwrap().to_owned();
    assert_eq!(line(&printed(&home, &[], &[])), "log = \"info\" # default");
    file(&home, "log = 'warn'");
    assert_eq!(line(&printed(&home, &[], &[])), "log = \"warn\" # file");
    let environment = [("CONFAB_LOG", "error")];
    assert_eq!(line(&printed(&home, &[], &environment)), "log = \"error\" # environment");
    assert_eq!(line(&printed(&home, &["--log", "debug"], &environment)), "log = \"debug\" # flag");
}

#[test]
fn what_is_printed_is_a_configuration_file() {
    let home = Home::new();
    let first = printed(&home, &["--cors-origin", "https://a.example", "--live-streams-max", "7"], &[]);
    file(&home, &first);
    let second = printed(&home, &[], &[]);
    assert!(second.contains("cors-origin = [\"https://a.example\"] # file"), "{second}");
    assert!(second.contains("live-streams-max = 7 # file"), "{second}");
}

#[test]
fn secrets_are_not_printed() {
    let home = Home::new();
    let secrets = [
        ("CONFAB_MONGODB_URL", "mongodb://me:hunter2@db"),
        ("CONFAB_BUS_CREDENTIALS", "me:hunter2"),
        ("CONFAB_SERVICE_KEY", "hunter2"),
    ];
    let text = printed(&home, &["--bus", "nats://bus:4222"], &secrets);
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(text.matches("[REDACTED]").count(), 3, "{text}");
    assert!(text.contains("bus = \"nats://bus:4222\" # flag"), "{text}");
}

#[test]
fn a_password_is_refused_where_it_could_be_read() {
    let home = Home::new();
    let output = home.run(&["--bus", "nats://me:hunter2@bus"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("without user and password"), "{said}");
}

#[test]
fn what_makes_no_sense_is_named() {
    let home = Home::new();
    for (text, expected) in [
        ("lisen = '127.0.0.1:1'", "there is no setting called `lisen`"),
        ("listen = 8080", "`listen` cannot be used"),
        ("request-timeout = 30", "`request-timeout` cannot be used"),
        ("mongodb-url = 'mongodb://x'", "there is no setting called `mongodb-url`"),
        ("listen", "line 1 is not TOML"),
    ] {
        let path = file(&home, text);
        let output = home.run(&["config", "print"]);
        let said = failure(&output);
        assert!(said.contains(expected) && said.contains(path.to_str().unwrap()), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_file_that_is_asked_for_has_to_be_there() {
    let home = Home::new();
    let said = failure(&home.run(&["--config", "/no/such/file.toml"]));
    assert!(said.contains("/no/such/file.toml") && said.contains("No such file"), "{said}");
}

#[test]
fn a_database_without_an_address_is_asked_for() {
    let home = Home::new();
    let said = failure(&home.run(&["--store", "mongodb"]));
    assert!(said.contains("CONFAB_MONGODB_URL"), "{said}");
}

#[test]
fn shells_can_complete_it() {
    let home = Home::new();
    for shell in ["bash", "fish", "zsh"] {
        let script = home.run(&["completions", shell]);
        assert!(String::from_utf8(script.stdout).unwrap().contains("insecure-cookie"), "{shell}");
    }
    let version = String::from_utf8(home.run(&["--version"]).stdout).unwrap();
    assert_eq!(version.trim(), concat!("confab ", env!("CARGO_PKG_VERSION")));
}
