//! Figures of several trials, what they are to be, and how they are printed.

use std::fmt;

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many a second.
    PerSecond,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Cores that were busy, on average.
    Cores,
    /// MiB, now.
    Mib,
    /// KiB, now.
    Kib,
    /// So many MiB a second.
    MibPerSecond,
    /// A figure, divided by another.
    Ratio,
    /// Just a number.
    Count,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
}

/// A figure, in each trial.
#[derive(Clone, Debug)]
pub struct Figure {
    name: String,
    unit: Unit,
    trials: Vec<f64>,
    goal: Option<Goal>,
}

/// Figures in the order in which they were first added.
#[derive(Clone, Debug, Default)]
pub struct Figures(Vec<Figure>);

impl Figures {
    /// Adds `value` to the trials of the figure `name`.
    pub fn add(&mut self, name: &str, unit: Unit, value: f64) {
        self.add_with_goal(name, unit, value, None);
    }

    /// Adds `value` to the trials of the figure `name`, which is to be as `goal` says.
    pub fn add_with_goal(&mut self, name: &str, unit: Unit, value: f64, goal: Option<Goal>) {
        match self.0.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.trials.push(value),
            None => self.0.push(Figure { name: name.to_owned(), unit, trials: vec![value], goal }),
        }
    }

    /// The median of the figure `name`, if there is one.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|figure| figure.name == name).map(Figure::median)
    }

    /// The figure `name` in the latest trial, if there is one.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|figure| figure.name == name)?.trials.last().copied()
    }
}

impl Figure {
    /// The middle one; of an even number, the lower of the two in the middle,
    /// so that it is always one that was measured.
    fn median(&self) -> f64 {
        let mut sorted = self.trials.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() - 1) / 2]
    }

    /// The cells of a row: name, trials, median, goal.
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.name.clone()];
        cells.extend(self.trials.iter().map(|value| self.unit.show(*value)));
        cells.push(self.unit.show(self.median()));
        let goal = self.goal.map(|goal| {
            let verdict = if goal.is_met_by(self.median()) { "met" } else { "**missed**" };
            format!("{}: {verdict}", goal.show(self.unit))
        });
        cells.push(goal.unwrap_or_default());
        cells
    }
}

impl Goal {
    /// Whether `value` is as it is to be.
    #[must_use]
    pub fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn show(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", unit.show(least)),
            Self::AtMost(most) => format!("≤ {}", unit.show(most)),
        }
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", grouped(value)),
            Self::Millis => format!("{value:.2} ms"),
            Self::Micros => format!("{value:.0} µs"),
            Self::Cores => format!("{value:.2} cores"),
            Self::Mib => format!("{value:.0} MiB"),
            Self::Kib => format!("{value:.1} KiB"),
            Self::MibPerSecond => format!("{} MiB/s", grouped(value)),
            Self::Ratio => format!("{value:.2}"),
            Self::Count => grouped(value),
        }
    }
}

/// A Markdown table, which people can read as it is.
impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trials = self.0.iter().map(|figure| figure.trials.len()).max().unwrap_or(0);
        let mut head = vec!["figure".to_owned()];
        head.extend((1..=trials).map(|trial| format!("trial {trial}")));
        head.extend(["median".to_owned(), "goal".to_owned()]);

        let mut rows: Vec<_> = self.0.iter().map(Figure::cells).collect();
        for row in &mut rows {
            // A figure that was not taken in every trial has empty cells before its median.
            let missing = head.len() - row.len();
            let place = row.len() - 2;
            row.splice(place..place, std::iter::repeat_n(String::new(), missing));
        }
        let width = |column: usize| {
            let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        for row in [&head, &rule].into_iter().chain(&rows) {
            for (cell, width) in row.iter().zip(&widths) {
                write!(formatter, "| {cell:<width$} ")?;
            }
            writeln!(formatter, "|")?;
        }
        Ok(())
    }
}

/// A whole number with commas between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.max(0.0));
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        for (value, text) in [(0.4, "0"), (999.0, "999"), (1_000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(grouped(value), text);
        }
    }

    #[test]
    fn all_trials_are_shown_and_their_median() {
        let mut figures = Figures::default();
        for value in [3_000.0, 1_000.0, 2_000.0] {
            figures.add_with_goal("sends", Unit::PerSecond, value, Some(Goal::AtLeast(2_500.0)));
        }
        figures.add("raw", Unit::Ratio, 0.5);
        let expected = "\
| figure | trial 1 | trial 2 | trial 3 | median  | goal                  |
| ------ | ------- | ------- | ------- | ------- | --------------------- |
| sends  | 3,000/s | 1,000/s | 2,000/s | 2,000/s | ≥ 2,500/s: **missed** |
| raw    | 0.50    |         |         | 0.50    |                       |
";
        assert_eq!(figures.to_string(), expected);
    }

    #[test]
    fn a_median_was_measured() {
        let mut figures = Figures::default();
        figures.add("some", Unit::Count, 4.0);
        figures.add("some", Unit::Count, 1.0);
        assert_eq!(figures.median("some"), Some(1.0));
        assert_eq!(figures.median("none"), None);
    }
}
