//! `cargo xtask figures` and `cargo xtask portray`: what a browser measures of the web client, and how it looks.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::run::run;
use crate::server::Server;
use crate::tools::{self, CHROMIUM_VARIABLE};
use crate::workspace::{self, Profile};
use crate::{port, prerequisites, up, web};

/// Where the figures are written to.
const FILE: &str = "docs/results/web.md";
/// Where the pictures are.
const PICTURES: &str = "docs/pictures";

/// What `figures` can be told.
#[derive(Args)]
pub struct Arguments {
    /// Writes the figures to docs/results/web.md as well.
    #[arg(long)]
    write: bool,

    #[command(flatten)]
    served: Served,
}

/// What is looked at.
#[derive(Args)]
pub struct Served {
    /// A server that is built already, in place of one that is built for speed now.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// Builds everything for speed, and has a browser measure it.
pub fn figures(arguments: &Arguments) -> Result<()> {
    let command = if arguments.write { "cargo xtask figures --write" } else { "cargo xtask figures" };
    let mut variables = vec![("CONFAB_FIGURES_COMMAND", command.to_owned())];
    if arguments.write {
        variables.push(("CONFAB_FIGURES_FILE", workspace::root().join(FILE).display().to_string()));
    }
    browse(&arguments.served, "figures", &variables)
}

/// Builds everything, and makes the pictures of the README anew.
pub fn portray(served: &Served) -> Result<()> {
    let folder = workspace::root().join(PICTURES).display().to_string();
    browse(served, "portray", &[("CONFAB_PICTURES", folder)])
}

/// Runs a script of the web client against a server of its own, with nobody in it.
fn browse(Served { program }: &Served, script: &str, variables: &[(&str, String)]) -> Result<()> {
    prerequisites::for_building()?;
    web::build()?;
    let program = if let Some(program) = program {
        program.canonicalize()?
    } else {
        up::build_server(Profile::Release)?;
        workspace::program(Profile::Release)?
    };
    let chromium = tools::chromium()?;
    let data = tempfile::Builder::new().prefix("confab-figures-").tempdir()?;
    let folder = data.path().display().to_string();
    let [port] = port::free()?;
    let listen = format!("127.0.0.1:{port}");
    // One machine says in a minute what people say in a year.
    let own = ["--data", &folder, "--listen", &listen];
    let limits = ["--entry-limits", "off", "--rate-limits", "off", "--conversation-limits", "off"];
    let settings = [&own[..], &limits].concat();
    let mut server =
        Server::start(&program, &settings, &[("XDG_CONFIG_HOME", &folder), ("CONFAB_LOG", "warn")])?;
    server.ready()?;
    let mut npm = web::npm(&["run", script]);
    npm.env("CONFAB_URL", format!("http://localhost:{port}")).env(CHROMIUM_VARIABLE, chromium);
    run(npm.envs(variables.iter().map(|(name, value)| (*name, value))))
}
