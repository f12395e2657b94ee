//! What is kept of what happened.

use async_trait::async_trait;
use confab_core::UserId;
use confab_core::page::Page;
use confab_db::StoreError;

use crate::domain::{AuditCursor, AuditEntry};

/// Keeps the audit log. Every implementation passes the tests in `contract.rs`.
///
/// Entries that have expired are removed in time, and so are the oldest ones if
/// there are more than [`AuditEntry::COUNT_MAX`].
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Stores `entry`, which is the latest.
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Returns the entries on `page`, the latest first: all, or those that are
    /// about `person` or were done by them.
    async fn list(
        &self,
        person: Option<UserId>,
        page: Page<AuditCursor>,
    ) -> Result<Vec<AuditEntry>, StoreError>;
}
