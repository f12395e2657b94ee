//! `confab admin media move`: what is kept in one place, copied to another.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use confab_core::SystemClock;
use confab_media::blobs::BlobsKind;
use confab_media::blobs::moving::{PER_MILLE_MAX, Progress, copy_all};

use crate::config::Settings;
use crate::secrets;

/// How often somebody who watches is told how far it has come.
const TELL_INTERVAL: Duration = Duration::from_millis(200);
/// How long the bar is that they see, in characters.
const BAR_CHARS: u32 = 30;
const MIB: u64 = 1024 * 1024;

/// From where to where, and how to get there.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Move {
    /// Where blobs are
    #[arg(long, value_name = "KIND")]
    from: BlobsKind,

    /// Where they are to be too
    #[arg(long, value_name = "KIND")]
    to: BlobsKind,

    /// How to get to both.
    #[command(flatten)]
    settings: Settings,
}

/// Copies, and says what to do next.
///
/// # Errors
///
/// If a store cannot be used, or there are blobs that are not what they should be.
pub async fn copy(wanted: Move) -> anyhow::Result<String> {
    let Move { from, to, settings } = wanted;
    if from == to {
        bail!("--from and --to name the same place");
    }
    let secrets = secrets::of_blobs(&settings.blobs)?;
    let folder = settings.data.join("media");
    let open = |kind| settings.blobs.open(kind, &secrets, &folder, Arc::new(SystemClock));
    let (source, destination) = (open(from)?, open(to)?);
    let spool = tempfile::tempdir_in(&settings.data).context("the data folder cannot be written")?;
    let mut teller = Teller::new();
    let done = copy_all(&*source, &*destination, spool.path(), |progress| teller.tell(progress)).await;
    teller.end();
    let done = done.context("not everything is copied; the same command goes on from here")?;
    if done.damaged_count > 0 {
        bail!("{}", damaged(&done));
    }
    Ok(format!(
        "{}.\nEverything is in both places now. Start Confab with the other --media-blobs; what was uploaded \
         meanwhile is copied by the same command, once more. Nothing was erased.\n",
        summary(&done)
    ))
}

/// Tells on one line of a terminal, over and over, how far it has come.
struct Teller {
    watches: bool,
    told: Option<Instant>,
}

impl Teller {
    fn new() -> Self {
        Self { watches: io::stderr().is_terminal(), told: None }
    }

    fn tell(&mut self, progress: &Progress) {
        let is_due = self.told.is_none_or(|told| told.elapsed() >= TELL_INTERVAL);
        if self.watches && (is_due || progress.per_mille == PER_MILLE_MAX) {
            self.told = Some(Instant::now());
            let _ = write!(io::stderr(), "\r{} {} ", bar(progress), summary(progress));
        }
    }

    fn end(&self) {
        if self.told.is_some() {
            let _ = writeln!(io::stderr());
        }
    }
}

fn bar(progress: &Progress) -> String {
    let done = usize::try_from(progress.per_mille * BAR_CHARS / PER_MILLE_MAX).unwrap_or_default();
    let (done, left) = ("#".repeat(done), "-".repeat(BAR_CHARS as usize - done));
    format!("[{done}{left}] {:>3} %", progress.per_mille * 100 / PER_MILLE_MAX)
}

fn summary(progress: &Progress) -> String {
    let Progress { copied, bytes, there, .. } = progress;
    format!("{copied} blobs with {} MiB copied, {there} were there", bytes / MIB)
}

fn damaged(done: &Progress) -> String {
    let mut text = format!("{}; {} are damaged and were not copied:", summary(done), done.damaged_count);
    for key in &done.damaged {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{key}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_long_as_what_is_done() {
        for (per_mille, expected) in [
            (0, "[------------------------------]   0 %"),
            (500, "[###############---------------]  50 %"),
            (999, "[#############################-]  99 %"),
            (1_000, "[##############################] 100 %"),
        ] {
            assert_eq!(bar(&Progress { per_mille, ..Progress::default() }), expected);
        }
    }
}
