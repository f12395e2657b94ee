//! What the product is put through.

mod doors;
mod downloads;
mod entries;
mod floods;
mod group;
mod idle;
mod live;
mod pages;
mod removal;
mod sends;
mod uploads;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::crowd::{Crowd, Verdict};
use crate::figures::Figures;
use crate::history::{Key, Outcome};
use crate::plan::Plan;
use crate::random::Random;

/// What people say, after a number: as long as most messages are.
pub const TEXT: &str = "Shall we meet at the bridge at seven, or is that too early?";

/// How many people there are, who share the connections.
const PEOPLE: usize = 16;
/// How many conversations they have at the most: that of each with each.
const TALKS_MAX: usize = 120;

/// Something that the product is put through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Many connections send, each waiting for its answer.
    Throughput,
    /// Two connections send, each waiting for its answer.
    Latency,
    /// People send at a steady rate, and others listen.
    Live,
    /// One group with many members, all of them online.
    Group,
    /// People are taken out of a group while others talk in it.
    Removal,
    /// Many connections read the same by gRPC, gRPC-Web and JSON, and one goes past the gateway.
    Doors,
    /// People log in, and others guess.
    Entries,
    /// People talk, and others flood.
    Floods,
    /// Many connections read pages, from a small store and from a large one.
    Pages,
    /// Many subscribers, to whom nothing happens.
    Idle,
    /// Many connections upload files over HTTP, through a gateway in the same process and in another.
    Uploads,
    /// Many connections download files over HTTP, through a gateway in the same process and in another.
    Downloads,
}

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Section {
    /// What was done, for people.
    pub what: String,
    /// What was measured.
    pub figures: Figures,
    /// So many messages have to be acknowledged, or nothing was shown.
    pub sends_min: usize,
    /// What the checker said.
    pub verdict: Verdict,
}

impl Scenario {
    /// Puts the product through this.
    ///
    /// # Errors
    ///
    /// If it cannot be done to the end.
    pub async fn run(self, plan: &Plan, limits: &Figures, random: Random) -> Result<Section> {
        let section = match self {
            Self::Throughput => sends::throughput(plan, limits, random).await,
            Self::Latency => sends::latency(plan, random).await,
            Self::Live => live::run(plan, random).await,
            Self::Group => group::run(plan, random).await,
            Self::Removal => removal::run(plan, random).await,
            Self::Doors => doors::run(plan, random).await,
            Self::Entries => entries::run(plan, random).await,
            Self::Floods => floods::run(plan, random).await,
            Self::Pages => pages::run(plan, random).await,
            Self::Idle => idle::run(plan, random).await,
            Self::Uploads => uploads::run(plan, random).await,
            Self::Downloads => downloads::run(plan, random).await,
        };
        section.with_context(|| format!("the scenario {self:?}"))
    }
}

/// Says one thing in each conversation.
async fn say_everywhere(crowd: &Crowd, random: &mut Random) -> Result<()> {
    for talk in &crowd.talks {
        let sender = &crowd.people[talk.members[0]];
        let key = Key { conversation: talk.id, sender: sender.id, client: random.client_id() };
        let outcome = sender.try_to_say(key, TEXT, &crowd.recorder).await;
        ensure!(matches!(outcome, Outcome::Ok { .. }), "a message was not acknowledged: {outcome:?}");
    }
    Ok(())
}
