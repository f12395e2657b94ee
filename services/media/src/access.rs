//! Who may see which file.
//!
//! # Invariants
//!
//! * A removal, or a message that was deleted, is heeded [`FRESH_TIME`] later at the most.
//! * While the message service is away, nobody sees anything new of others.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, MediaId, Timestamp, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::place_service_client::PlaceServiceClient;
use confab_rpc::Channel;
use quick_cache::sync::Cache;
use tonic::Status;

use crate::convert;
use crate::domain::{Media, Place};
use crate::error::Error;
use crate::store::{Holding, LibraryStore};

/// How long it holds that somebody may see a file.
const FRESH_TIME: Duration = Duration::from_secs(30);
/// Of how many people and files that is remembered: some 10 MB.
const ANSWERS_MAX: usize = 100_000;
/// How many places are asked about at once. The contract has the same.
pub const PLACES_MAX: usize = 100;
/// How many of the places that a file is attached to are looked at. Who sees it
/// only in others does not see it.
const PLACES_IN_ALL_MAX: usize = 1_000;
/// How long the message service may take to answer.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// Knows who may see which file. Clones share what they know.
#[derive(Clone)]
pub struct Access {
    library: Arc<dyn LibraryStore>,
    places: PlaceServiceClient<Channel>,
    clock: Arc<dyn Clock>,
    seen: Arc<Cache<(UserId, MediaId), Timestamp>>,
}

impl Access {
    /// Finds in `library` what files are attached to, and asks the message
    /// service behind `places` who sees that.
    pub fn new(
        library: Arc<dyn LibraryStore>,
        places: PlaceServiceClient<Channel>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { library, places, clock, seen: Arc::new(Cache::new(ANSWERS_MAX)) }
    }

    /// Fails, as if there were no such file, if `user` may not see `media`.
    pub async fn require(&self, user: UserId, media: &Media) -> Result<(), Error> {
        if self.allows(user, media).await? { Ok(()) } else { Err(Error::NoSuchMedia { media: media.id }) }
    }

    /// Whether `user` may see `media`.
    pub async fn allows(&self, user: UserId, media: &Media) -> Result<bool, Error> {
        if media.owner == user || self.was_seen_lately(user, media.id) {
            return Ok(true);
        }
        let asked = self.clock.now();
        let allowed = self.is_seen_somewhere(user, media.id).await?;
        if allowed {
            self.seen.insert((user, media.id), asked);
        }
        Ok(allowed)
    }

    /// Tells which of `holdings` are still so, by their place in the list. People
    /// are not asked about.
    pub async fn held(&self, holdings: &[Holding]) -> Result<Vec<usize>, Error> {
        let holdings = holdings.iter().map(|holding| internal::Holding {
            place: Some(convert::wire_place(holding.place)),
            media_id: holding.media.to_string(),
        });
        let request = internal::FilterHeldPlacesRequest { holdings: holdings.collect() };
        let answer = self.places.clone().filter_held_places(with_timeout(request)).await.map_err(away)?;
        Ok(indexes(&answer.into_inner().indexes))
    }

    fn was_seen_lately(&self, user: UserId, media: MediaId) -> bool {
        let now = self.clock.now();
        // What is still to come was not: the clock was set back, and nobody knows.
        self.seen.get(&(user, media)).is_some_and(|then| then <= now && now.since(then) < FRESH_TIME)
    }

    async fn is_seen_somewhere(&self, user: UserId, media: MediaId) -> Result<bool, Error> {
        let (mut after, mut looked_at) = (None, 0);
        while looked_at < PLACES_IN_ALL_MAX {
            let places = self.library.places(media, after, PLACES_MAX).await?;
            let (count, last) = (places.len(), places.last().copied());
            // The pictures of people are for everybody who is signed in.
            if places.iter().any(|place| matches!(place, Place::Person(_))) {
                return Ok(true);
            }
            if count > 0 && self.sees_any(user, &places).await? {
                return Ok(true);
            }
            if count < PLACES_MAX {
                break;
            }
            (after, looked_at) = (last, looked_at + count);
        }
        Ok(false)
    }

    async fn sees_any(&self, user: UserId, places: &[Place]) -> Result<bool, Error> {
        let places = places.iter().copied().map(convert::wire_place).collect();
        let request = internal::FilterVisiblePlacesRequest { user_id: user.to_string(), places };
        let answer = self.places.clone().filter_visible_places(with_timeout(request)).await;
        Ok(!answer.map_err(away)?.into_inner().indexes.is_empty())
    }
}

fn with_timeout<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(ASK_TIMEOUT);
    request
}

fn away(status: Status) -> Error {
    Error::Message(Box::new(status))
}

fn indexes(indexes: &[i32]) -> Vec<usize> {
    indexes.iter().filter_map(|index| usize::try_from(*index).ok()).collect()
}
