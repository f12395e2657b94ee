//! People are taken out of a group while others talk in it: what they still hear.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use futures_util::future::try_join_all;
use tokio::time::timeout_at;

use super::{Section, TEXT};
use crate::crowd::Crowd;
use crate::deployment::Deployment;
use crate::figures::Figures;
use crate::figures::Goal::AtMost;
use crate::figures::Unit::{Count, Millis};
use crate::history::Key;
use crate::lane::Lane;
use crate::listener::Listener;
use crate::measure::{Latencies, Window, to_float};
use crate::person::Person;
use crate::plan::Plan;
use crate::random::Random;

/// Those who talk and stay. The first of them takes the others out.
const WRITERS: usize = 8;
/// Those who are taken out in each trial.
const LEAVERS: usize = 32;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let all = LEAVERS * plan.trials;
    let (mut crowd, mut leavers) = Crowd::gather_group(&deployment.gateways()?, WRITERS, all).await?;
    let group = crowd.talks.first().context("there is no group")?.id;
    crowd.recorder.add_members(group, leavers.iter().map(|leaver| leaver.id));
    let mut lanes = Lane::each(&crowd, WRITERS, &mut random);

    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        let window = Window::after(plan.warm_up, plan.length);
        let leaving = leavers.split_off(leavers.len() - LEAVERS);
        let moments: Vec<Instant> = leaving.iter().map(|_| first_half(window, &mut random)).collect();
        let removals = leaving.iter().zip(moments).map(|(leaver, moment)| {
            let key = Key { conversation: group, sender: leaver.id, client: random.client_id() };
            Removal { leaver, key, moment }
        });
        let removing = try_join_all(removals.map(|removal| removal.happen(&crowd, window)));
        let (_, heard) = tokio::try_join!(Lane::talk(&mut lanes, window), removing)?;

        let mut later = Latencies::new()?;
        for after in heard {
            later.record(after);
        }
        figures.add("people who were taken out", Count, to_float(later.count()));
        let name = "last heard after the removal was acknowledged, longest";
        figures.add_with_goal(name, Millis, later.longest_millis(), Some(AtMost(1_000.0)));
    }
    let what = format!(
        "{WRITERS} people talk in a group, closed loop; {LEAVERS} others listen, are taken out one by one, and then \
         try to talk. What they hear beyond their removal is for the checker"
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// Some moment in the first half of `window`, so that there is time to hear what one should not.
fn first_half(window: Window, random: &mut Random) -> Instant {
    let micros = u64::try_from((window.end - window.start).as_micros()).unwrap_or(u64::MAX);
    window.start + Duration::from_micros(random.below((micros / 2).max(1)))
}

/// Somebody who is taken out at some moment, and then says what is not to be heard.
struct Removal<'a> {
    leaver: &'a Person,
    key: Key,
    moment: Instant,
}

impl Removal<'_> {
    /// Returns how long after the removal they still heard something of the group.
    async fn happen(self, crowd: &Crowd, window: Window) -> Result<Duration> {
        let group = self.key.conversation;
        let owner = crowd.people.first().context("there is nobody")?;
        let removal = async {
            tokio::time::sleep_until(self.moment.into()).await;
            owner.remove(group, self.leaver).await.context("nobody can be taken out")?;
            let end = Instant::now();
            self.leaver.try_to_say(self.key, TEXT, &crowd.recorder).await;
            anyhow::Ok(end)
        };
        let (end, heard) = tokio::try_join!(removal, self.listen(crowd, window.end))?;
        Ok(heard.saturating_duration_since(end))
    }

    /// Listens until `end`, and returns when something of the group was heard for the last time.
    async fn listen(&self, crowd: &Crowd, end: Instant) -> Result<Instant> {
        let group = self.key.conversation;
        let mut listener = Listener::new(self.leaver.elsewhere(), &[group], crowd.recorder.clone());
        let mut stream = listener.open().await.context("a stream cannot be opened")?;
        let mut heard = Instant::now();
        while let Ok(told) = timeout_at(end.into(), stream.message()).await {
            let told = told.context("a stream broke")?.context("a stream ended")?;
            if is_about(&told, &group.to_string()) {
                heard = Instant::now();
            }
            // What they are to fetch they may not be allowed to fetch any more.
            if listener.take(told).await.is_err() {
                break;
            }
        }
        listener.write_down(None);
        Ok(heard)
    }
}

/// Whether `told` has something of `conversation` in it.
fn is_about(told: &v1::SubscribeResponse, conversation: &str) -> bool {
    match &told.frame {
        Some(Frame::Event(event)) => event.conversation_id == conversation,
        Some(Frame::HeadMoved(moved)) => moved.conversation_id == conversation,
        _ => false,
    }
}
