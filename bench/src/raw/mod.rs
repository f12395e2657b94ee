//! What the machine gives without the product: the limits that its figures are held against.

pub mod files;
pub mod http;
mod mongodb;
mod sqlite;
mod unary;

use std::time::Duration;

use anyhow::{Context, Result};

use crate::figures::{Figures, Unit};
use crate::load;
use crate::plan::Plan;

/// The figure of [`sqlite`].
pub const SQLITE: &str = "SQLite, 256 rows a commit";
/// The figure of [`mongodb`].
pub const MONGODB: &str = "MongoDB, one insert for each document";
/// The figure of [`unary`].
pub const UNARY: &str = "bare unary calls";

/// How long each limit is measured in each trial at the most: they do not vary as the product does.
pub const LENGTH_MAX: Duration = Duration::from_secs(5);

/// Measures every limit that `plan` asks for, once for each trial.
///
/// # Errors
///
/// If one cannot be measured.
pub async fn measure(plan: &Plan) -> Result<Figures> {
    let mut figures = Figures::default();
    let length = plan.length.min(LENGTH_MAX);
    for _ in 0..plan.trials {
        if plan.topology.needs_mongodb() {
            let url = plan.environment.mongodb_url.as_ref().context("there is no MongoDB")?;
            let rate = mongodb::rate(url, plan.connections, plan.warm_up, length).await?;
            figures.add(MONGODB, Unit::PerSecond, rate);
        } else {
            let program = plan.environment.program.clone();
            let rate = tokio::task::spawn_blocking(move || sqlite::rate(&program, length)).await??;
            figures.add(SQLITE, Unit::PerSecond, rate);
        }
        let (rate, load) = unary::rate(plan.connections, plan.warm_up, length).await?;
        figures.add(UNARY, Unit::PerSecond, rate);
        load::add(&load, rate, ", bare unary calls", &mut figures);
    }
    Ok(figures)
}
