//! `cargo xtask up`: from a clone to a page in the browser.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};
use clap::Args;

use crate::run::{announce, cargo, command, run};
use crate::workspace::{self, Profile};
use crate::{prerequisites, process, web};

/// What `up` can be told.
#[derive(Args)]
pub struct Arguments {
    /// Build for speed; the first time this takes minutes longer.
    #[arg(long)]
    release: bool,

    /// Settings for `confab serve`, after `--`: for instance `-- --listen 127.0.0.1:9000`.
    #[arg(last = true)]
    settings: Vec<String>,
}

/// Builds everything, then becomes `confab serve`, which says the rest.
pub fn up(arguments: &Arguments) -> Result<()> {
    let profile = if arguments.release { Profile::Release } else { Profile::Dev };
    prerequisites::for_building()?;
    web::build()?;
    build_server(profile)?;

    let mut serve = command(&workspace::program(profile)?, &["serve"]);
    serve.args(&arguments.settings);
    announce(&serve);
    process::go_on()?;
    // From here on there is only the server, so that Ctrl-C and signals reach it directly.
    Err(serve.exec()).context("cannot start the server")
}

/// Builds the program `confab`.
pub fn build_server(profile: Profile) -> Result<()> {
    let build: &[&str] = match profile {
        // Which features a crate is compiled with depends on all that is compiled beside it: with ours in between,
        // the next `cargo xtask` compiles nothing anew.
        Profile::Dev => &["build", "--package", "confab", "--package", "xtask"],
        Profile::Release => &["build", "--package", "confab", "--release"],
    };
    run(&mut cargo(build))
        .context("cannot build the server; if the registry of crates was not reached, check the network")
}
