//! Removes what nobody needs: uploads that were given up, files that are attached
//! to nothing, and bytes that no file uses.
//!
//! What a crash leaves behind is found here: everything is noted in the store
//! before it takes room, and what is noted has an end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, Timestamp};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::access::{Access, PLACES_MAX};
use crate::blobs::BlobStore;
use crate::domain::Manner;
use crate::error::Error;
use crate::spool::{Spool, SpoolError};
use crate::store::{Aftermath, Holding, Stores};

/// How long a file waits to be attached to something.
const WAIT_MAX: Duration = Duration::from_hours(24);
/// How long it holds that something is still attached, without asking again. What
/// could not be detached in time is found after this.
const SURE_TIME: Duration = Duration::from_hours(24);
/// How often everything is looked through.
const INTERVAL: Duration = Duration::from_mins(5);
/// How many of a kind are worked on at once.
const BATCH_MAX: usize = 100;
/// How many batches of a kind there are at a time; the rest waits for the next.
const BATCHES_MAX: usize = 100;

/// Looks for what nobody needs, and removes it.
#[derive(Clone)]
pub struct Sweeper {
    pub(crate) stores: Stores,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) spool: Spool,
    pub(crate) access: Access,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) bell: Arc<Notify>,
}

impl Sweeper {
    /// Sweeps for ever, every few minutes and when there is something to erase.
    pub async fn run(&self) {
        loop {
            self.sweep().await;
            while timeout(INTERVAL, self.bell.notified()).await.is_ok() {
                log("blobs", self.erase_unused().await);
            }
        }
    }

    /// Sweeps once. What fails is tried again the next time.
    pub async fn sweep(&self) {
        log("uploads", self.drop_expired().await);
        log("spooled files", self.drop_strays().await);
        log("attachments", self.make_sure().await);
        log("files", self.drop_unattached().await);
        log("blobs", self.erase_unused().await);
    }

    /// Has what nobody uses erased, beside all requests.
    pub(crate) fn erase_soon(&self) {
        self.bell.notify_one();
    }

    async fn drop_expired(&self) -> Result<(), Error> {
        for _ in 0..BATCHES_MAX {
            let expired = self.stores.uploads.expired(self.clock.now(), BATCH_MAX).await?;
            for id in &expired {
                self.stores.uploads.cancel(*id).await?;
                self.spool.remove(*id).await?;
            }
            if expired.len() < BATCH_MAX {
                break;
            }
        }
        Ok(())
    }

    /// Removes spooled files of no upload, and uploads in one go that a crash has
    /// ended: nobody takes those up again. There is an upload before there is a file.
    async fn drop_strays(&self) -> Result<(), Error> {
        for id in self.spool.idle().await? {
            let _turn = match self.spool.hold(id).await {
                Ok(turn) => turn,
                Err(SpoolError::Busy) => continue,
                Err(SpoolError::Disk(error)) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            let upload = self.stores.uploads.find_upload(id).await?;
            if upload.is_none_or(|upload| upload.manner == Manner::InOneGo) {
                self.stores.uploads.cancel(id).await?;
                self.spool.remove(id).await?;
            }
        }
        Ok(())
    }

    /// Asks whether what was attached long ago still is.
    async fn make_sure(&self) -> Result<(), Error> {
        for _ in 0..BATCHES_MAX {
            let now = self.clock.now();
            let unsure = self.stores.library.unsure(before(now, SURE_TIME), PLACES_MAX).await?;
            let is_done = unsure.len() < PLACES_MAX;
            let held = self.access.held(&unsure).await?;
            let (confirmed, released): (Vec<Holding>, Vec<Holding>) =
                unsure.into_iter().partition(|holding| held.contains(holding));
            for holding in released {
                self.stores.library.release(holding, Aftermath::Erase, now).await?;
            }
            self.stores.library.confirm(&confirmed, now).await?;
            if is_done {
                break;
            }
        }
        Ok(())
    }

    async fn drop_unattached(&self) -> Result<(), Error> {
        let since = before(self.clock.now(), WAIT_MAX);
        for _ in 0..BATCHES_MAX {
            if self.stores.library.sweep(since, BATCH_MAX).await? < BATCH_MAX {
                break;
            }
        }
        Ok(())
    }

    async fn erase_unused(&self) -> Result<(), Error> {
        for _ in 0..BATCHES_MAX {
            let doomed = self.stores.blobs.doom(self.clock.now(), BATCH_MAX).await?;
            for key in &doomed {
                self.blobs.delete(key).await?;
                // Only now: until it is forgotten, nobody puts it there again.
                self.stores.blobs.forget(*key).await?;
            }
            if doomed.len() < BATCH_MAX {
                break;
            }
        }
        Ok(())
    }
}

fn log(what: &str, swept: Result<(), Error>) {
    if let Err(error) = swept {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "{what} could not be swept; trying again later"
        );
    }
}

/// The moment this long before `now`.
fn before(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}
