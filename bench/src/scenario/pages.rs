//! Pages of 50 messages: from a store with few messages in it, and from one with many.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_core::ConversationId;
use confab_proto::message::v1;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use tokio::task::JoinSet;

use super::{PEOPLE, Section, TALKS_MAX};
use crate::crowd::Crowd;
use crate::deployment::Deployment;
use crate::figures::Figures;
use crate::figures::Goal::AtLeast;
use crate::figures::Unit::{Millis, PerSecond, Ratio};
use crate::history::{Reading, Recorder, Seen, Source, Step};
use crate::lane::Lane;
use crate::load;
use crate::measure::{Latencies, Window, to_float};
use crate::person::{Person, id, in_time};
use crate::plan::Plan;
use crate::random::Random;

/// How many messages are on a page.
const PAGE_SIZE: i32 = 50;
/// How many messages there are when there are few: enough for some full pages of each conversation.
const FEW: usize = 24_000;
/// How many pages of one conversation are read in a row when there are few messages.
const FEW_PAGES: usize = 3;
/// How many pages of one conversation are read in a row at the most.
const PAGES_MAX: usize = 1_000;
/// One page in so many is written down for the checker; all would fill the memory.
const WRITTEN_DOWN: u64 = 64;
/// How many send at once to fill the store.
const FILLERS: usize = 256;
/// How many messages are filled in before sessions are looked after.
const FILL_CHUNK: usize = 50_000;

/// What is to be reached with few messages, in a second.
const RATE_GOAL: f64 = 10_000.0;
/// What part of that is to be left with many.
const SHARE_GOAL: f64 = 0.9;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let mut crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS_MAX).await?;
    let mut figures = Figures::default();
    let few = FEW.min(plan.stored);

    let (mut medians, mut filled) = (Vec::new(), Vec::new());
    for (stored, pages_max) in [(few, FEW_PAGES), (plan.stored, PAGES_MAX)] {
        filled.push(fill(&mut crowd, stored, &mut random).await?);
        let name = format!("pages, {stored} stored");
        for _ in 0..plan.trials {
            crowd.freshen().await?;
            let window = Window::after(plan.warm_up, plan.length);
            let watching = load::observe(window, deployment.processes());
            let reading = read(&crowd, plan.connections, pages_max, window, &mut random);
            let (latencies, loads) = tokio::try_join!(reading, watching)?;
            let rate = window.rate(latencies.count());
            figures.add_with_goal(&name, PerSecond, rate, Some(AtLeast(RATE_GOAL)));
            figures.add(&format!("p50, {stored} stored"), Millis, latencies.millis(0.5));
            figures.add(&format!("p99, {stored} stored"), Millis, latencies.millis(0.99));
            load::add(&loads, rate, &format!(", {stored} stored"), &mut figures);
        }
        medians.push(figures.median(&name).unwrap_or(0.0));
    }
    figures.add_with_goal(
        "rate with many, for each with few",
        Ratio,
        medians[1] / medians[0],
        Some(AtLeast(SHARE_GOAL)),
    );
    figures.add("sends while filling up", PerSecond, filled[1]);
    let what = format!(
        "{} connections, closed loop, newest first, page after page; {PEOPLE} people, {} conversations",
        plan.connections,
        crowd.talks.len()
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// Sends until so many messages are `stored`, and returns how many there were in a second.
async fn fill(crowd: &mut Crowd, stored: usize, random: &mut Random) -> Result<f64> {
    let (begin, before) = (Instant::now(), crowd.recorder.attempts());
    let mut lanes = Lane::each(crowd, FILLERS, random);
    while crowd.recorder.attempts() < stored {
        crowd.freshen().await?;
        let more = FILL_CHUNK.min(stored - crowd.recorder.attempts());
        crowd.recorder.reserve(more);
        Lane::say_so_many(&mut lanes, more).await?;
    }
    let sent = crowd.recorder.attempts() - before;
    Ok(to_float(sent as u64) / begin.elapsed().as_secs_f64())
}

/// Lets a reader on each of so many `connections` read until `window` ends, and
/// returns how long each full page took.
async fn read(
    crowd: &Crowd,
    connections: usize,
    pages_max: usize,
    window: Window,
    random: &mut Random,
) -> Result<Latencies> {
    let mut reading = JoinSet::new();
    for number in 0..connections {
        let place = number % crowd.people.len();
        let reader = Reader {
            person: crowd.people[place].elsewhere(),
            talks: crowd.talks_of(place),
            recorder: crowd.recorder.clone(),
            random: random.fork(),
            latencies: Latencies::new()?,
        };
        reading.spawn(reader.read_until_the_end(pages_max, window));
    }
    let mut all = Latencies::new()?;
    while let Some(ended) = reading.join_next().await {
        all.add(&ended.context("a reader failed")??)?;
    }
    Ok(all)
}

/// Somebody who reads, on a connection of their own.
struct Reader {
    person: Person,
    talks: Vec<ConversationId>,
    recorder: Recorder,
    random: Random,
    latencies: Latencies,
}

impl Reader {
    async fn read_until_the_end(mut self, pages_max: usize, window: Window) -> Result<Latencies> {
        while Instant::now() < window.end {
            let talk = self.talks[self.random.place(self.talks.len())];
            self.read_back(talk, pages_max, window).await?;
        }
        Ok(self.latencies)
    }

    /// Reads `talk` from its end towards its beginning.
    async fn read_back(&mut self, talk: ConversationId, pages_max: usize, window: Window) -> Result<()> {
        let mut messages = MessageServiceClient::new(self.person.channel());
        let mut page_token = String::new();
        for _ in 0..pages_max {
            let (begin, recorded) = (Instant::now(), self.recorder.now());
            let request = v1::ListMessagesRequest {
                conversation_id: talk.to_string(),
                page_size: Some(PAGE_SIZE),
                page_token,
                start: None,
            };
            let page = in_time(messages.list_messages(self.person.request(request))).await;
            let page = page.context("a page cannot be read")?;
            let end = Instant::now();
            let is_full = i32::try_from(page.messages.len()) == Ok(PAGE_SIZE);
            if is_full && window.contains(end) {
                self.latencies.record(end - begin);
            }
            page_token = page.next_page_token;
            if self.random.one_in(WRITTEN_DOWN) {
                self.write_down(talk, recorded, page.messages)?;
            }
            if page_token.is_empty() || end >= window.end {
                break;
            }
        }
        Ok(())
    }

    /// Writes down a page, which is newest first, in the order of the log.
    fn write_down(
        &self,
        conversation: ConversationId,
        begin: Duration,
        messages: Vec<v1::Message>,
    ) -> Result<()> {
        let steps = messages.into_iter().rev().map(|message| {
            Ok(Step::Event(Seen {
                seq: message.seq,
                sender: id(message.sender_id.parse())?,
                client: id(message.client_id.parse())?,
                text: message.text,
            }))
        });
        let steps = steps.collect::<Result<Vec<_>, tonic::Status>>()?;
        let (reader, source) = (self.person.id, Source::Page);
        let after = steps.first().and_then(Step::seq).map_or(0, |first| first - 1);
        self.recorder.add_reading(Reading { reader, conversation, source, begin, after, head: None, steps });
        Ok(())
    }
}
