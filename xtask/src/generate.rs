//! `cargo xtask gen`: the web client's code for the contract.
//!
//! The server's is made by `proto/build.rs` whenever the contract changes.

use anyhow::Result;

use crate::run::run;
use crate::{prerequisites, web};

/// Writes `web/src/gen` anew.
pub fn generate() -> Result<()> {
    prerequisites::for_web()?;
    web::install()?;
    run(&mut web::npm(&["run", "gen"]))
}
