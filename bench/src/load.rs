//! What processes cost while something is measured.

use anyhow::Result;

use crate::figures::{Figures, Unit};
use crate::measure::{Window, to_float};
use crate::process::Watched;

const MICROS_PER_SECOND: f64 = 1_000_000.0;

/// What a process cost within a window.
#[derive(Clone, Debug)]
pub struct Load {
    name: String,
    cores: f64,
    resident_kib: u64,
}

/// Looks at `processes`, and at this one, when `window` begins and when it ends.
///
/// # Errors
///
/// If one of them is gone.
pub async fn observe(window: Window, mut processes: Vec<Watched>) -> Result<Vec<Load>> {
    processes.push(Watched { name: "the driver".to_owned(), pid: std::process::id() });
    let costs = || processes.iter().map(Watched::cost).collect::<Result<Vec<_>>>();
    tokio::time::sleep_until(window.start.into()).await;
    let before = costs()?;
    tokio::time::sleep_until(window.end.into()).await;
    let after = costs()?;
    let loads = processes.iter().zip(before.iter().zip(after)).map(|(process, (before, after))| Load {
        name: process.name.clone(),
        cores: after.cpu.saturating_sub(before.cpu).as_secs_f64() / window.seconds(),
        resident_kib: after.resident_kib,
    });
    Ok(loads.collect())
}

/// What the product cost for each of so many as `rate` done in a second, in microseconds.
#[must_use]
pub fn micros_for_each(loads: &[Load], rate: f64) -> f64 {
    // The last one is the driver.
    let product = loads.split_last().map_or(loads, |(_, product)| product);
    product.iter().map(|load| load.cores).sum::<f64>() * MICROS_PER_SECOND / rate
}

/// Adds `loads` to the trials in `figures`; `when` is added to their names.
///
/// `rate` is what was done meanwhile, in a second. What each of it costs says
/// more than the rate where others use the machine too.
pub fn add(loads: &[Load], rate: f64, when: &str, figures: &mut Figures) {
    for load in loads {
        figures.add(&format!("CPU of {}{when}", load.name), Unit::Cores, load.cores);
    }
    for load in loads.iter().filter(|_| rate > 0.0) {
        let each = load.cores * MICROS_PER_SECOND / rate;
        figures.add(&format!("CPU of {} for each{when}", load.name), Unit::Micros, each);
    }
    for load in loads {
        let resident_mib = to_float(load.resident_kib) / 1_024.0;
        figures.add(&format!("memory of {}{when}", load.name), Unit::Mib, resident_mib);
    }
}
