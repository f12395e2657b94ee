//! Files of 1 MiB that come in over HTTP, through a gateway in the same process and in another.
//! Every one that was acknowledged is read back, and compared.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use http::HeaderValue;
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

use super::{PEOPLE, Section, say_everywhere};
use crate::carrier::Carrier;
use crate::crowd::{Crowd, Verdict};
use crate::deployment::{Apart, Deployment};
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost};
use crate::figures::Unit::{Mib, MibPerSecond, Millis};
use crate::load;
use crate::measure::{Latencies, Window, to_float};
use crate::parcel::Parcels;
use crate::plan::Plan;
use crate::process::Watched;
use crate::random::Random;
use crate::raw;

/// How many conversations there are: something is said in each, before the files and after them.
const TALKS: usize = PEOPLE - 1;

/// What is to be reached through a gateway in the same process, in MiB a second.
const RATE_GOAL: f64 = 200.0;
/// What the media service may have in memory, in MiB, beside what it decodes with.
const MEMORY_GOAL: f64 = 64.0;

/// A file that was acknowledged: its number, and where it is.
pub type Kept = (u64, String);

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let mut figures = Figures::default();
    let mut verdict = None;
    for _ in 0..plan.trials {
        limits(plan, &mut figures).await?;
        // What is uploaded takes gigabytes: each trial has a folder of its own, which goes after it.
        let found = together(plan, &mut figures, &mut random).await?;
        let others = apart(plan, &mut figures, &mut random).await?;
        let found = found.and(others);
        verdict = Some(verdict.map_or(found.clone(), |before: Verdict| before.and(found)));
    }
    let what = format!(
        "{} connections of {PEOPLE} people, HTTP/1.1, closed loop, files of 1 MiB of which no two are the same; local \
         files, synced; every file that was acknowledged was read back and compared; the most memory is \
         that since the start, before anything was read back",
        plan.connections
    );
    let verdict = verdict.context("there was no trial")?;
    Ok(Section { what, figures, sends_min: TALKS, verdict })
}

/// What the disk and the loopback give without the product.
async fn limits(plan: &Plan, figures: &mut Figures) -> Result<()> {
    let (program, threads) = (plan.environment.program.clone(), plan.connections);
    let length = plan.length.min(raw::LENGTH_MAX);
    let written = tokio::task::spawn_blocking(move || raw::files::rate(&program, threads, length)).await??;
    figures.add("files written and synced, without Confab", MibPerSecond, written);

    let bare = raw::http::Bare::start().await?;
    let window = Window::after(plan.warm_up, length);
    let source = Source { parcels: bare.parcels.clone(), numbers: Arc::default() };
    let (uploads, _) = upload(bare.port, vec![HeaderValue::from_static("")], plan, &source, window).await?;
    let rate = window.rate(uploads.count());
    figures.add("uploads to a server that keeps nothing", MibPerSecond, rate);
    Ok(())
}

/// Through a gateway in the same process.
async fn together(plan: &Plan, figures: &mut Figures, random: &mut Random) -> Result<Verdict> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let (port, processes) = (deployment.port()?, deployment.processes());
    let place = Place { port, processes, media: None, name: "in process" };
    let gateways = deployment.gateways()?;
    let (rate, verdict) = trial(plan, &gateways, place, figures, random).await?;
    figures.add_with_goal("uploads, in process", MibPerSecond, rate, Some(AtLeast(RATE_GOAL)));
    Ok(verdict)
}

/// Through a gateway in a process of its own, as are all services.
async fn apart(plan: &Plan, figures: &mut Figures, random: &mut Random) -> Result<Verdict> {
    let apart = Apart::start(&plan.environment).await?;
    let (port, processes) = (apart.port(), apart.processes());
    let place = Place { port, processes, media: Some(apart.media()?), name: "over TCP" };
    let (rate, verdict) = trial(plan, &[apart.gateway()?], place, figures, random).await?;
    figures.add("uploads, over TCP", MibPerSecond, rate);
    Ok(verdict)
}

/// Where files are brought.
struct Place {
    port: u16,
    processes: Vec<Watched>,
    /// The media service, where it is a process of its own.
    media: Option<Watched>,
    name: &'static str,
}

/// Has files brought to `place`, and returns how many a second were.
async fn trial(
    plan: &Plan,
    gateways: &[Endpoint],
    place: Place,
    figures: &mut Figures,
    random: &mut Random,
) -> Result<(f64, Verdict)> {
    let crowd = Crowd::gather(gateways, PEOPLE, TALKS).await?;
    say_everywhere(&crowd, random).await?;
    let source = Source { parcels: Parcels::new(random), numbers: Arc::default() };
    let window = Window::after(plan.warm_up, plan.length);
    let uploading = upload(place.port, tokens(&crowd), plan, &source, window);
    let watching = load::observe(window, place.processes);
    let ((latencies, kept), loads) = tokio::try_join!(uploading, watching)?;
    let (rate, name) = (window.rate(latencies.count()), place.name);
    figures.add(&format!("p50 of an upload, {name}"), Millis, latencies.millis(0.5));
    figures.add(&format!("p99 of an upload, {name}"), Millis, latencies.millis(0.99));
    load::add(&loads, rate, &format!(", uploads, {name}"), figures);
    if let Some(media) = place.media {
        // Before anything is read back: downloads take memory of their own.
        let peak = to_float(media.peak_kib()?) / 1_024.0;
        let what = format!("most memory of the media service, uploads, {name}");
        figures.add_with_goal(&what, Mib, peak, Some(AtMost(MEMORY_GOAL)));
    }
    read_back(place.port, &crowd, plan.connections, &source.parcels, kept).await?;
    say_everywhere(&crowd, random).await?;
    Ok((rate, crowd.judge(random.fork()).await?))
}

/// Where the files come from: no number is taken twice.
#[derive(Clone)]
pub struct Source {
    /// The files.
    pub parcels: Parcels,
    /// The next of them.
    pub numbers: Arc<AtomicU64>,
}

/// Lets so many connections upload until `window` ends, in the name of one after the other of those whose `tokens`
/// they are. Returns how long those took that ended within it, and all that was acknowledged.
pub async fn upload(
    port: u16,
    tokens: Vec<HeaderValue>,
    plan: &Plan,
    source: &Source,
    window: Window,
) -> Result<(Latencies, Vec<Vec<Kept>>)> {
    let mut uploading = JoinSet::new();
    for number in 0..plan.connections {
        let (token, source) = (tokens[number % tokens.len()].clone(), source.clone());
        uploading.spawn(async move {
            let (mut carrier, mut latencies) = (Carrier::connect(port, token).await?, Latencies::new()?);
            let mut kept = Vec::new();
            while Instant::now() < window.end {
                let number = source.numbers.fetch_add(1, Ordering::Relaxed);
                let begin = Instant::now();
                kept.push((number, carrier.upload(source.parcels.pieces(number)).await?));
                let end = Instant::now();
                if window.contains(end) {
                    latencies.record(end - begin);
                }
            }
            anyhow::Ok((latencies, (number, kept)))
        });
    }
    let (mut all, mut kept) = (Latencies::new()?, Vec::new());
    while let Some(ended) = uploading.join_next().await {
        let (latencies, theirs) = ended.context("somebody who uploads failed")??;
        all.add(&latencies)?;
        kept.push(theirs);
    }
    // Each is read by whoever uploaded it.
    kept.sort_unstable_by_key(|(number, _)| *number);
    Ok((all, kept.into_iter().map(|(_, kept)| kept).collect()))
}

/// Reads everything that was acknowledged, and compares it.
async fn read_back(
    port: u16,
    crowd: &Crowd,
    connections: usize,
    parcels: &Parcels,
    kept: Vec<Vec<Kept>>,
) -> Result<()> {
    ensure!(kept.len() == connections, "somebody who uploads is missing");
    let (tokens, mut reading) = (tokens(crowd), JoinSet::new());
    for (number, kept) in kept.into_iter().enumerate() {
        let (token, parcels) = (tokens[number % tokens.len()].clone(), parcels.clone());
        reading.spawn(async move {
            let mut carrier = Carrier::connect(port, token).await?;
            for (number, place) in kept {
                carrier.download(&place, parcels.compare(number)).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = reading.join_next().await {
        ended.context("a reader failed")??;
    }
    Ok(())
}

/// What says who each of `crowd` is.
pub fn tokens(crowd: &Crowd) -> Vec<HeaderValue> {
    crowd.people.iter().map(crate::person::Person::token).collect()
}
