//! What is kept of files, and of what they are attached to.

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use uuid::Uuid;

use crate::domain::{Media, Place};

/// Where a page of files goes on: after the file with that id.
pub type MediaCursor = Uuid;

/// How keeping a file went, if the database did its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is kept, now or since earlier.
    Yes,
    /// Nothing is stored: its upload is gone.
    NoUpload,
    /// Nothing is stored: one of its blobs was not claimed, or not for long enough.
    Unclaimed,
}

/// How attaching files went, if the database did its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attached {
    /// They are attached, now or since earlier.
    Yes(Vec<Media>),
    /// Nothing is attached: this one is not there, or not theirs to attach.
    NoSuchMedia(MediaId),
}

/// What becomes of files that are attached to nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// They are erased.
    Erase,
    /// They wait to be attached once more.
    Wait,
}

/// A file, and something that it is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holding {
    /// The place.
    pub place: Place,
    /// The file.
    pub media: MediaId,
}

/// Keeps files. Every implementation passes the tests in `contract.rs`.
#[async_trait]
pub trait LibraryStore: Send + Sync {
    /// Keeps `media` in place of the upload of the same id, with the blobs of its
    /// forms, and settles what it takes of its owner's quota. All of it, or nothing.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not be kept; calling again
    /// settles it.
    async fn commit(&self, media: &Media) -> Result<Committed, StoreError>;

    /// Returns those of `ids` that are kept, each once, in any order.
    async fn find_many(&self, ids: &[MediaId]) -> Result<Vec<Media>, StoreError>;

    /// Returns the file `id`.
    async fn find(&self, id: MediaId) -> Result<Option<Media>, StoreError> {
        Ok(self.find_many(&[id]).await?.pop())
    }

    /// Returns the files of `owner` on `page`, the latest first.
    async fn list(&self, owner: UserId, page: Page<MediaCursor>) -> Result<Vec<Media>, StoreError>;

    /// Forgets the file `id`, with all that it is attached to; its blobs are used
    /// by one less, and its owner has so much more. That there is none is no error.
    async fn delete(&self, id: MediaId) -> Result<(), StoreError>;

    /// Attaches `media` to `place`: files of `user`, and those that are attached
    /// to `source`. All of them, or none.
    async fn attach(
        &self,
        user: UserId,
        media: &[MediaId],
        place: Place,
        source: Option<Place>,
        now: Timestamp,
    ) -> Result<Attached, StoreError>;

    /// Takes all files but `kept` away from `place`. Those that are attached to
    /// nothing then are deleted, or wait from `now` on.
    async fn detach(
        &self,
        place: Place,
        kept: &[MediaId],
        aftermath: Aftermath,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Returns up to `limit` of what `media` is attached to, in the order of the
    /// keys of the places, from behind `after` on.
    async fn places(
        &self,
        media: MediaId,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Place>, StoreError>;

    /// Deletes up to `limit` files that have been attached to nothing since
    /// `since` or earlier, and returns how many there were.
    async fn sweep(&self, since: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Returns up to `limit` files and what they are attached to, of which nobody
    /// has made sure since `since` that it is still so; the longest unsure first.
    async fn unsure(&self, since: Timestamp, limit: usize) -> Result<Vec<Holding>, StoreError>;

    /// Notes that it was made sure at `now` of `holdings` that they are still so.
    async fn confirm(&self, holdings: &[Holding], now: Timestamp) -> Result<(), StoreError>;

    /// Takes one file away from one place, as [`LibraryStore::detach`] does.
    async fn release(&self, holding: Holding, aftermath: Aftermath, now: Timestamp)
    -> Result<(), StoreError>;
}
