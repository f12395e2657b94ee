//! Who may see which file.
//!
//! # Invariants
//!
//! * A removal, or a message that was deleted, is heeded [`FRESH_TIME`] later at the most.
//! * While the message service is away, nobody sees anything new of others.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, MediaId, Timestamp, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::place_service_client::PlaceServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
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

/// The services that know what files are attached to.
#[derive(Clone)]
pub struct Neighbours {
    /// Messages and groups.
    pub places: PlaceServiceClient<Channel>,
    /// People.
    pub people: UserDirectoryServiceClient<Channel>,
}

/// Knows who may see which file. Clones share what they know.
#[derive(Clone)]
pub struct Access {
    library: Arc<dyn LibraryStore>,
    neighbours: Neighbours,
    clock: Arc<dyn Clock>,
    seen: Arc<Cache<(UserId, MediaId), Timestamp>>,
}

impl Access {
    /// Finds in `library` what files are attached to, and asks the `neighbours`
    /// about that.
    pub fn new(library: Arc<dyn LibraryStore>, neighbours: Neighbours, clock: Arc<dyn Clock>) -> Self {
        Self { library, neighbours, clock, seen: Arc::new(Cache::new(ANSWERS_MAX)) }
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

    /// Returns those of `holdings` that are still so.
    pub async fn held(&self, holdings: &[Holding]) -> Result<HashSet<Holding>, Error> {
        let (mut pictures, mut others) = (Vec::new(), Vec::new());
        for holding in holdings {
            match holding.place {
                Place::Person(user) => pictures.push((user, holding.media)),
                Place::Message { .. } | Place::Group(_) => others.push(*holding),
            }
        }
        let mut held = HashSet::new();
        if !others.is_empty() {
            held.extend(self.held_in_places(&others).await?);
        }
        if !pictures.is_empty() {
            held.extend(self.held_by_people(&pictures).await?);
        }
        Ok(held)
    }

    async fn held_in_places(&self, holdings: &[Holding]) -> Result<Vec<Holding>, Error> {
        let request = internal::FilterHeldPlacesRequest { holdings: convert::wire_holdings(holdings) };
        let answer = self.neighbours.places.clone().filter_held_places(with_timeout(request)).await;
        Ok(chosen(holdings, &answer.map_err(away)?.into_inner().indexes))
    }

    async fn held_by_people(&self, pictures: &[(UserId, MediaId)]) -> Result<Vec<Holding>, Error> {
        let request = internal::FilterHeldPicturesRequest { pictures: convert::wire_pictures(pictures) };
        let answer = self.neighbours.people.clone().filter_held_pictures(with_timeout(request)).await;
        let answer = answer.map_err(|status| Error::Auth(Box::new(status)))?;
        let held = chosen(pictures, &answer.into_inner().indexes).into_iter();
        Ok(held.map(|(user, media)| Holding { place: Place::Person(user), media }).collect())
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
        let answer = self.neighbours.places.clone().filter_visible_places(with_timeout(request)).await;
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

/// Those of `all` whose places in the list an answer names.
fn chosen<T: Copy>(all: &[T], indexes: &[i32]) -> Vec<T> {
    let at = |index: &i32| usize::try_from(*index).ok().and_then(|index| all.get(index).copied());
    indexes.iter().filter_map(at).collect()
}
