//! `cargo xtask dev`: the server, with Vite in front of it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::Group;
use crate::run::announce;
use crate::server::Server;
use crate::workspace::{self, Profile};
use crate::{prerequisites, process, up, web};

/// Longer than anybody works without a pause.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// What `dev` can be told.
#[derive(Args)]
pub struct Arguments {
    /// Settings for `confab serve`, after `--`.
    #[arg(last = true)]
    settings: Vec<String>,
}

/// Runs both until one of them ends, or Ctrl-C ends them.
pub fn dev(arguments: &Arguments) -> Result<()> {
    prerequisites::for_building()?;
    web::install()?;
    up::build_server(Profile::Dev)?;

    let settings: Vec<&str> = arguments.settings.iter().map(String::as_str).collect();
    let mut server = Server::start(&workspace::program(Profile::Dev)?, &settings, &[])?;
    let mut vite = web::npm(&["run", "dev"]);
    announce(&vite);
    let mut vite = Group::spawn(&mut vite)?;

    let mut over = None;
    process::wait_until("the server or Vite ends", FOR_EVER, || {
        let server = server.ended()?.map(|status| ("the server", status));
        let vite = vite.ended()?.map(|status| ("Vite", status));
        over = server.or(vite);
        Ok(over.is_some())
    })?;
    let (who, status) = over.context("nothing has ended")?;
    bail!("{who} ended with {status}")
}
