//! The parts of a test run.

use std::fmt;

use clap::ValueEnum;

/// A part of a test run. They run in this order: what is quick, or needed by others, comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Stage {
    /// Fetch the tools that other stages need.
    Tools,
    /// Rust code is formatted.
    Format,
    /// The contract is in order, and breaks nobody who uses it.
    Contract,
    /// The Dockerfile and the compose file are in order.
    Containers,
    /// What we depend on has a licence, an origin and a purpose that we let in.
    Dependencies,
    /// The web client is in order, passes its tests, and is built.
    Web,
    /// Everything compiles, and Clippy has nothing to say.
    Clippy,
    /// The Rust tests, against a real `MongoDB`.
    Rust,
    /// Browsers chat, through one process and through four; then people get in by letters and with others, and only after a letter.
    E2e,
    /// The description of the JSON door is valid, and a running server does what it says; minutes, so it runs only if it is named.
    Openapi,
}

/// What runs only if it is named.
const ON_DEMAND: [Stage; 1] = [Stage::Openapi];

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        formatter.pad(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// The stages to run when `named` were asked for: each once, in order, and all but those on demand if none was.
pub fn chosen(named: &[Stage]) -> Vec<Stage> {
    let all = Stage::value_variants().iter().copied();
    let is_chosen =
        |stage: &Stage| if named.is_empty() { !ON_DEMAND.contains(stage) } else { named.contains(stage) };
    all.filter(is_chosen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stages_but_those_on_demand_run_if_none_is_named() {
        let [rest @ .., Stage::Openapi] = Stage::value_variants() else {
            panic!("what is on demand is last")
        };
        assert_eq!(chosen(&[]), rest);
        assert_eq!(chosen(&[Stage::Openapi]), [Stage::Openapi]);
    }

    #[test]
    fn stages_run_once_and_in_order() {
        assert_eq!(chosen(&[Stage::Rust, Stage::Format, Stage::Rust]), [Stage::Format, Stage::Rust]);
    }
}
