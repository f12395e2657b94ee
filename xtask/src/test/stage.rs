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
    /// Two browsers chat, through one process and through three.
    E2e,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        formatter.pad(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// The stages to run when `named` were asked for: each once, in order, and all if none was.
pub fn chosen(named: &[Stage]) -> Vec<Stage> {
    let all = Stage::value_variants().iter().copied();
    all.filter(|stage| named.is_empty() || named.contains(stage)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stages_run_if_none_is_named() {
        assert_eq!(chosen(&[]), Stage::value_variants());
    }

    #[test]
    fn stages_run_once_and_in_order() {
        assert_eq!(chosen(&[Stage::Rust, Stage::Format, Stage::Rust]), [Stage::Format, Stage::Rust]);
    }
}
