//! Which devices are to be told of messages, and what became of that.

mod documents;
mod embedded;
mod ledger;
mod mongo;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{SessionId, Timestamp, UserId};
use confab_db::StoreError;

use crate::domain::{Device, Endpoint, Push, PushCursor};

pub use embedded::EmbeddedPushes;
pub use ledger::Ledger;
pub use mongo::MongoPushes;

/// Keeps devices and pushes. Every implementation passes the tests in
/// `contract/pushes.rs`.
///
/// Nothing of it is in the way of messages: for the embedded store it is another
/// file, with a writer of its own.
#[async_trait]
pub trait PushStore: Send + Sync {
    /// Keeps `device` in place of what its session had before. Another session
    /// that has its endpoint loses it: it is one browser. Of more than
    /// [`Device::COUNT_MAX`] of one person those that came first go.
    async fn subscribe(&self, device: &Device) -> Result<(), StoreError>;

    /// Returns the device of `session`, if it is to be told.
    async fn device(&self, session: SessionId) -> Result<Option<Device>, StoreError>;

    /// Forgets the device of `session`; if an endpoint is named, only if it is
    /// still there. That there is none is no error.
    async fn unsubscribe(&self, session: SessionId, endpoint: Option<&Endpoint>) -> Result<(), StoreError>;

    /// Whether there is any device.
    async fn has_devices(&self) -> Result<bool, StoreError>;

    /// Returns the devices of `users`.
    async fn devices_of(&self, users: &[UserId]) -> Result<Vec<Device>, StoreError>;

    /// Returns the sessions of up to `limit` devices behind `after`, in their order.
    async fn list_sessions(
        &self,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Forgets the devices of `user`, and what became of pushes to them.
    async fn forget(&self, user: UserId) -> Result<(), StoreError>;

    /// Keeps pushes that wait. Where one waits already for the same session and
    /// conversation, it becomes [`Push::joined`].
    async fn add(&self, pushes: &[Push]) -> Result<(), StoreError>;

    /// Returns up to `limit` pushes that are due at `now`, as [`Push::tried`], and
    /// stores them so. Nobody else is given them until that time is over.
    async fn claim(&self, now: Timestamp, limit: usize) -> Result<Vec<Push>, StoreError>;

    /// Stores what became of `push`, which was claimed. If another one has joined
    /// it since, that goes on to wait, from [`Push::decided`] on, with no try made.
    async fn settle(&self, push: &Push) -> Result<(), StoreError>;

    /// Returns the pushes on `page` to devices of `user`, the latest first.
    async fn list(&self, user: UserId, page: Page<PushCursor>) -> Result<Vec<Push>, StoreError>;

    /// Forgets some of what was decided [`Push::KEPT_TIME`] before `now` or
    /// earlier, and of what is above [`Push::KEPT_MAX`]. Returns how many.
    async fn prune(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// Waits until the store can keep nothing any more, and says why.
    async fn failed(&self) -> String;

    /// Ends the use of the store.
    async fn close(&self);
}
