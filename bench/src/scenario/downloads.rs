//! Files of 1 MiB that go out over HTTP, through a gateway in the same process and in another; each is compared with
//! what was uploaded.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use http::HeaderValue;
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

use super::uploads::{Kept, tokens};
use super::{PEOPLE, Section, say_everywhere};
use crate::carrier::Carrier;
use crate::crowd::{Crowd, Verdict};
use crate::deployment::{Apart, Deployment};
use crate::figures::Figures;
use crate::figures::Goal::AtLeast;
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
/// How many files each person has.
const FILES_EACH: usize = 16;

/// What is to be reached through a gateway in the same process, in MiB a second.
const RATE_GOAL: f64 = 500.0;

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let services = Apart::start(&plan.environment).await?;
    let (port, processes) = (deployment.port()?, deployment.processes());
    let mut together = Library::fill(&deployment.gateways()?, port, processes, &mut random).await?;
    let (port, processes) = (services.port(), services.processes());
    let mut apart = Library::fill(&[services.gateway()?], port, processes, &mut random).await?;

    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        bare(plan, &mut figures).await?;
        let rate = together.trial(plan, "in process", &mut figures, &mut random).await?;
        figures.add_with_goal("downloads, in process", MibPerSecond, rate, Some(AtLeast(RATE_GOAL)));
        let rate = apart.trial(plan, "over TCP", &mut figures, &mut random).await?;
        figures.add("downloads, over TCP", MibPerSecond, rate);
        let peak = to_float(services.media()?.peak_kib()?) / 1_024.0;
        figures.add("most memory of the media service, over TCP", Mib, peak);
    }
    let what = format!(
        "{} connections of {PEOPLE} people, HTTP/1.1, closed loop, {FILES_EACH} files of 1 MiB for each person, local \
         files that the system has in memory; every byte of every download was compared",
        plan.connections
    );
    let verdict = together.leave(&mut random).await?.and(apart.leave(&mut random).await?);
    Ok(Section { what, figures, sends_min: TALKS, verdict })
}

/// Uploads as many files for somebody as each has, and returns where they are; the first has `number`.
async fn furnish(port: u16, token: HeaderValue, parcels: &Parcels, number: usize) -> Result<Arc<Vec<Kept>>> {
    let (mut carrier, mut files) = (Carrier::connect(port, token).await?, Vec::new());
    for number in number..number + FILES_EACH {
        let number = number as u64;
        files.push((number, carrier.upload(parcels.pieces(number)).await?));
    }
    Ok(Arc::new(files))
}

/// What the loopback gives without the product.
async fn bare(plan: &Plan, figures: &mut Figures) -> Result<()> {
    let bare = raw::http::Bare::start().await?;
    let window = Window::after(plan.warm_up, plan.length.min(raw::LENGTH_MAX));
    let nobody = HeaderValue::from_static("");
    let files = Arc::new(vec![(0, "/media/0".to_owned())]);
    let readers = vec![Reader { token: nobody, files, parcels: bare.parcels.clone() }];
    let rate =
        window.rate(download(bare.port, readers, plan, window, &mut Random::from_seed(1)).await?.count());
    figures.add("downloads from a server that has one file in memory", MibPerSecond, rate);
    Ok(())
}

/// People who have files, and where these are.
struct Library {
    crowd: Crowd,
    port: u16,
    processes: Vec<Watched>,
    parcels: Parcels,
    files: Vec<Arc<Vec<Kept>>>,
}

impl Library {
    /// Has everybody upload their files.
    async fn fill(
        gateways: &[Endpoint],
        port: u16,
        processes: Vec<Watched>,
        random: &mut Random,
    ) -> Result<Self> {
        let crowd = Crowd::gather(gateways, PEOPLE, TALKS).await?;
        say_everywhere(&crowd, random).await?;
        let parcels = Parcels::new(random);
        let people = tokens(&crowd).into_iter().enumerate();
        let filling = people.map(|(place, token)| furnish(port, token, &parcels, place * FILES_EACH));
        let files = try_join_all(filling).await?;
        Ok(Self { crowd, port, processes, parcels, files })
    }

    /// Has files downloaded, and returns how many were in a second.
    async fn trial(
        &mut self,
        plan: &Plan,
        name: &str,
        figures: &mut Figures,
        random: &mut Random,
    ) -> Result<f64> {
        self.crowd.freshen().await?;
        let people = tokens(&self.crowd).into_iter().zip(&self.files);
        let reader = |(token, files): (HeaderValue, &Arc<Vec<Kept>>)| Reader {
            token,
            files: files.clone(),
            parcels: self.parcels.clone(),
        };
        let readers = people.map(reader).collect();
        let window = Window::after(plan.warm_up, plan.length);
        let downloading = download(self.port, readers, plan, window, random);
        let watching = load::observe(window, self.processes.clone());
        let (latencies, loads) = tokio::try_join!(downloading, watching)?;
        let rate = window.rate(latencies.count());
        figures.add(&format!("p50 of a download, {name}"), Millis, latencies.millis(0.5));
        figures.add(&format!("p99 of a download, {name}"), Millis, latencies.millis(0.99));
        load::add(&loads, rate, &format!(", downloads, {name}"), figures);
        Ok(rate)
    }

    async fn leave(self, random: &mut Random) -> Result<Verdict> {
        say_everywhere(&self.crowd, random).await?;
        self.crowd.judge(random.fork()).await
    }
}

/// Somebody who downloads their files.
#[derive(Clone)]
struct Reader {
    token: HeaderValue,
    files: Arc<Vec<Kept>>,
    parcels: Parcels,
}

/// Lets so many connections download until `window` ends, each by one after the other of `readers`. Returns how long
/// those took that ended within it.
async fn download(
    port: u16,
    readers: Vec<Reader>,
    plan: &Plan,
    window: Window,
    random: &mut Random,
) -> Result<Latencies> {
    ensure!(!readers.is_empty(), "nobody downloads");
    let mut downloading = JoinSet::new();
    for number in 0..plan.connections {
        let (reader, mut random) = (readers[number % readers.len()].clone(), random.fork());
        downloading.spawn(async move {
            let mut carrier = Carrier::connect(port, reader.token).await?;
            let mut latencies = Latencies::new()?;
            while Instant::now() < window.end {
                let (number, place) = &reader.files[random.place(reader.files.len())];
                let begin = Instant::now();
                carrier.download(place, reader.parcels.compare(*number)).await?;
                let end = Instant::now();
                if window.contains(end) {
                    latencies.record(end - begin);
                }
            }
            anyhow::Ok(latencies)
        });
    }
    let mut all = Latencies::new()?;
    while let Some(ended) = downloading.join_next().await {
        all.add(&ended.context("somebody who downloads failed")??)?;
    }
    Ok(all)
}
