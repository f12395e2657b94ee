//! Subscribers to whom nothing happens: what memory each takes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use confab_core::ConversationId;
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use http::HeaderValue;
use http_body_util::BodyExt;
use tokio::time::timeout_at;
use tonic::Streaming;
use tonic::body::Body;

use super::{PEOPLE, Section, say_everywhere};
use crate::crowd::{Crowd, Verdict};
use crate::deployment::Deployment;
use crate::door::Door;
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost};
use crate::figures::Unit::{Count, Kib, Mib, PerSecond};
use crate::machine;
use crate::measure::to_float;
use crate::person::Person;
use crate::plan::Plan;
use crate::random::Random;

/// How many conversations there are: one for each pair of neighbours, so that
/// everybody hears something of somebody.
const TALKS: usize = PEOPLE - 1;
/// How many streams share a connection, where they do: fewer than the product allows.
const STREAMS_PER_CONNECTION: usize = 100;
/// How many streams are being opened at once.
const OPENING_MAX: usize = 64;
/// How long all streams may take to tell something that all are to be told.
const PATIENCE: Duration = Duration::from_mins(1);
/// Files that are open beside the streams: listeners, databases, logs.
const OTHER_FILES: u64 = 200;
/// One person stands for many here, so that not everybody has to sign up.
const SETTINGS: [&str; 4] = ["--live-streams-per-user-max", "20000", "--live-streams-max", "20000"];

/// The RPC, and where it is over HTTP.
const SUBSCRIBE: (&str, &str) = ("/confab.message.v1.LiveService/Subscribe", "/v1/live:subscribe");

/// How streams come in: by which door, and whether they share connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Shared,
    Own(Door),
}

impl Way {
    const ALL: [Self; 4] =
        [Self::Shared, Self::Own(Door::Grpc), Self::Own(Door::GrpcWeb), Self::Own(Door::Json)];

    fn name(self) -> String {
        match self {
            Self::Shared => "shared connections".into(),
            Self::Own(Door::Grpc) => "own connections".into(),
            Self::Own(Door::GrpcWeb) => "own connections, gRPC-Web".into(),
            Self::Own(Door::Json) => "own connections, SSE".into(),
        }
    }

    /// KiB.
    const fn goal(self) -> f64 {
        match self {
            Self::Shared => 12.0,
            Self::Own(_) => 40.0,
        }
    }
}

/// A live stream, and somebody whose it is.
struct Open {
    place: usize,
    stream: Stream,
}

/// As it comes in.
enum Stream {
    Grpc(Box<Streaming<v1::SubscribeResponse>>),
    Other(Body),
}

impl Stream {
    /// Waits for the next thing that it tells; returns whether that is of one of `talks`.
    async fn tells_of(&mut self, talks: &[ConversationId]) -> Result<bool> {
        match self {
            Self::Grpc(stream) => {
                let response = stream.message().await.context("a stream broke")?.context("a stream ended")?;
                let Some(Frame::Event(event)) = response.frame else { return Ok(false) };
                Ok(event.conversation_id.parse().is_ok_and(|id| talks.contains(&id)))
            }
            Self::Other(body) => {
                let frame = body.frame().await.context("a stream ended")?.context("a stream broke")?;
                let text =
                    String::from_utf8_lossy(frame.data_ref().map_or(&[], |data| &data[..])).into_owned();
                // Ids are text in both forms.
                Ok(talks.iter().any(|talk| text.contains(&talk.to_string())))
            }
        }
    }
}

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let files = machine::open_files_max().context("the limit of open files is not known")?;
    let needed = plan.streams as u64 + OTHER_FILES;
    ensure!(files >= needed, "{needed} open files are needed, {files} are allowed; try `ulimit -n {needed}`");

    let mut figures = Figures::default();
    let mut verdict = None;
    for _ in 0..plan.trials {
        for way in Way::ALL {
            // What a process has had once it keeps: each trial has a new one.
            let found = trial(plan, way, &mut figures, &mut random).await?;
            verdict = Some(verdict.map_or(found.clone(), |before: Verdict| before.and(found)));
        }
    }
    let what = format!(
        "{} streams of {PEOPLE} people, on {} connections of {STREAMS_PER_CONNECTION} and on connections of their \
         own, measured when they had been idle for {:?}; `ulimit -n` is {files}",
        plan.streams,
        plan.streams.div_ceil(STREAMS_PER_CONNECTION),
        plan.idle,
    );
    let verdict = verdict.context("there was no trial")?;
    Ok(Section { what, figures, sends_min: TALKS, verdict })
}

async fn trial(plan: &Plan, way: Way, figures: &mut Figures, random: &mut Random) -> Result<Verdict> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &SETTINGS).await?;
    let crowd = Crowd::gather(&deployment.gateways()?, PEOPLE, TALKS).await?;
    // Whatever is made at the first use is not counted against the streams.
    say_everywhere(&crowd, random).await?;
    drop(open(&crowd, PEOPLE, way).await?);
    let before = resident_kib(&deployment)?;

    let begin = Instant::now();
    let mut streams = open(&crowd, plan.streams, way).await?;
    let took = begin.elapsed();
    tokio::time::sleep(plan.idle).await;
    let after = resident_kib(&deployment)?;

    let talks: Vec<Vec<ConversationId>> = (0..PEOPLE).map(|place| crowd.talks_of(place)).collect();
    say_everywhere(&crowd, random).await?;
    let heard = wait_for_all(&mut streams, &talks).await?;

    let name = way.name();
    let each = to_float(after.saturating_sub(before)) / to_float(plan.streams as u64);
    figures.add_with_goal(&format!("a stream, {name}"), Kib, each, Some(AtMost(way.goal())));
    figures.add(&format!("before, {name}"), Mib, to_float(before) / 1_024.0);
    figures.add(&format!("with all, {name}"), Mib, to_float(after) / 1_024.0);
    figures.add(&format!("opened, {name}"), PerSecond, to_float(plan.streams as u64) / took.as_secs_f64());
    let all = AtLeast(to_float(plan.streams as u64));
    figures.add_with_goal(&format!("streams that heard, {name}"), Count, to_float(heard), Some(all));
    drop(streams);
    crowd.judge(random.fork()).await
}

/// What the product itself has, over all its processes.
fn resident_kib(deployment: &Deployment) -> Result<u64> {
    let costs = deployment.nodes().into_iter().map(|node| node.cost());
    costs.map(|cost| Ok(cost?.resident_kib)).sum()
}

/// Opens so many streams, some at a time, and returns when all are live.
async fn open(crowd: &Crowd, count: usize, way: Way) -> Result<Vec<Open>> {
    let per_connection = if way == Way::Shared { STREAMS_PER_CONNECTION } else { 1 };
    let mut people: Vec<(usize, Person)> = Vec::new();
    for number in 0..count.div_ceil(per_connection) {
        let place = number % crowd.people.len();
        people.push((place, crowd.people[place].elsewhere()));
    }
    let wanted: Vec<(usize, Person)> =
        (0..count).map(|number| people[number / per_connection].clone()).collect();
    drop(people);

    let mut open = Vec::with_capacity(count);
    for some in wanted.chunks(OPENING_MAX) {
        let opening: Vec<_> =
            some.iter().cloned().map(|(place, person)| tokio::spawn(go_live(place, person, way))).collect();
        for opened in opening {
            open.push(opened.await.context("a subscriber failed")??);
        }
    }
    Ok(open)
}

async fn go_live(place: usize, person: Person, way: Way) -> Result<Open> {
    let stream = match way {
        Way::Shared | Way::Own(Door::Grpc) => {
            let stream = person.subscribe(v1::SubscribeRequest::default()).await;
            let mut stream = stream.context("a stream cannot be opened")?;
            let ready = stream.message().await.context("a stream broke")?;
            let is_ready = matches!(ready, Some(v1::SubscribeResponse { frame: Some(Frame::Ready(_)) }));
            ensure!(is_ready, "a stream begins oddly");
            Stream::Grpc(Box::new(stream))
        }
        Way::Own(door) => {
            let call = door.call(SUBSCRIBE.0, &v1::SubscribeRequest::default(), SUBSCRIBE.1)?;
            let call =
                call.with_token(person.token()).accepting(HeaderValue::from_static("text/event-stream"));
            let mut body = call.begin(&mut person.channel()).await?.into_body();
            // It is ready with the first thing that it tells.
            body.frame().await.context("a stream ended")?.context("a stream broke")?;
            Stream::Other(body)
        }
    };
    Ok(Open { place, stream })
}

/// Waits until each of `streams` has told something of the conversations of its person, and returns how many did.
async fn wait_for_all(streams: &mut [Open], talks: &[Vec<ConversationId>]) -> Result<u64> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut told = 0;
    for Open { place, stream } in streams {
        // Others fill their buffers meanwhile: what is expected is small.
        while let Ok(tells) = timeout_at(deadline, stream.tells_of(&talks[*place])).await {
            if tells? {
                told += 1;
                break;
            }
        }
    }
    Ok(told)
}
