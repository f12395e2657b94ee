//! What a run says in the end: to people, and to the folder of results. Both in Markdown.

use std::fmt;

use crate::deployment::Topology;
use crate::figures::Figures;
use crate::scenario::{Scenario, Section};

/// What a run says.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command that does it all again.
    pub command: String,
    /// What it ran on.
    pub machine: String,
    /// What ran.
    pub topology: Topology,
    /// How it ran, for people.
    pub how: String,
    /// What chance began with.
    pub seed: u64,
    /// What the machine gives without the product.
    pub limits: Figures,
    /// What came of each scenario.
    pub sections: Vec<(Scenario, Section)>,
    /// What could not be done to the end, and why.
    pub undone: Vec<(Scenario, String)>,
}

impl Report {
    /// What is wrong with what was seen; nothing, if all is well. Goals that
    /// were missed are not: a slow answer can still be a right one.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let undone = self.undone.iter();
        let mut problems: Vec<_> = undone.map(|(scenario, why)| format!("{scenario:?}: {why}")).collect();
        for (scenario, section) in &self.sections {
            let findings = section.verdict.findings.iter();
            problems.extend(findings.map(|finding| format!("{scenario:?}: {finding:?}")));
            let ok = section.verdict.counts.ok;
            if ok < section.sends_min {
                problems.push(format!(
                    "{scenario:?}: only {ok} messages were acknowledged, which shows nothing; it takes {}",
                    section.sends_min
                ));
            }
        }
        problems
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, machine, topology, how, seed, limits, sections, undone } = self;
        writeln!(formatter, "# Bench: {topology:?}\n\n```sh\n{command}\n```\n")?;
        writeln!(formatter, "{machine}.\n")?;
        writeln!(formatter, "{how}; seed {seed}. The median is the middle trial.\n")?;
        writeln!(formatter, "## What the machine gives without Confab\n\n{limits}")?;
        for (scenario, section) in sections {
            writeln!(formatter, "## {scenario:?}\n\n{section}")?;
        }
        for (scenario, why) in undone {
            writeln!(formatter, "## {scenario:?}\n\n**Could not be done:** {why}\n")?;
        }
        Ok(())
    }
}

impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, figures, verdict, .. } = self;
        writeln!(formatter, "{what}\n\n{figures}")?;
        let found = verdict.findings.len();
        let said = if found == 0 { "nothing is wrong".to_owned() } else { format!("**{found} findings**") };
        writeln!(formatter, "Checked in {:.1?}: {said}. {}.\n", verdict.took, verdict.counts)?;
        for finding in &verdict.findings {
            writeln!(formatter, "- {finding:?}")?;
        }
        Ok(())
    }
}
