//! Keeps the queue for a connection moving.
//!
//! When something happens in a pool of the driver (3.9), one of those who wait for a connection is served, and nobody
//! looks whether they still wait: of a request that is cancelled, or whose time is over, the place in the queue stays.
//! So when many give up at once, those behind them are served only by what happens otherwise, and where all wait that
//! is the upkeep of the pool, twice in a second: after a crowd of a thousand nobody gets through for minutes.
//!
//! A `ping` waits in the same queue now and then. When it waits for longer than it may take to find the primary, more
//! of them follow: each that comes has one of those before it served, and each that is answered has the next served,
//! and none of them gives up.

use std::pin::pin;
use std::time::Duration;

use bson::doc;
use mongodb::Client;
use mongodb::error::ErrorKind;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::url::SERVER_SELECTION_TIMEOUT;

/// How often the queue is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How long a ping may wait until more follow: those that find no primary have failed by then.
const PATIENCE: Duration = SERVER_SELECTION_TIMEOUT.saturating_add(Duration::from_millis(500));
/// How long those may wait until more follow.
const PAUSE: Duration = Duration::from_millis(250);
/// How many follow at a time.
const FOLLOWERS: usize = 256;
/// How many may wait: as many as a service works on requests.
const WAITING_MAX: usize = 4_096;

/// Keeps the queue of `client` moving, until that is shut down.
///
/// Not for as long as somebody has a handle of ours: stores keep the driver's own.
pub(super) async fn keep_moving(client: Client) {
    let (mut look, mut followers) = (interval(LOOK_INTERVAL), JoinSet::new());
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let mut pinged = pin!(ping(client.clone()));
        let mut patience = PATIENCE;
        let answer = loop {
            if let Ok(answer) = timeout(patience, &mut pinged).await {
                break answer;
            }
            patience = PAUSE;
            while followers.try_join_next().is_some() {}
            let count = FOLLOWERS.min(WAITING_MAX.saturating_sub(followers.len()));
            (0..count).for_each(|_| drop(followers.spawn(ping(client.clone()))));
        };
        while followers.try_join_next().is_some() {}
        // Any other failure is for those who need the database: here it only says that the queue moves.
        if answer.is_err_and(|error| matches!(*error.kind, ErrorKind::Shutdown)) {
            return;
        }
    }
}

async fn ping(client: Client) -> mongodb::error::Result<()> {
    client.database("admin").run_command(doc! { "ping": 1 }).await.map(drop)
}
