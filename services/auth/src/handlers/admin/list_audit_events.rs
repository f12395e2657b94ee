//! `AdminService.ListAuditEvents`.

use confab_core::UserId;
use confab_core::page::Page;

use super::{Authority, require_admin};
use crate::domain::{AuditCursor, AuditEntry};
use crate::error::Error;
use crate::service::AuthService;

/// A page of the audit log.
#[derive(Debug)]
pub struct AuditLog {
    /// The entries on it.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins, if there is one.
    pub next: Option<AuditCursor>,
}

/// Returns a page of what happened, the latest first: all, or what has to do
/// with `person`.
pub async fn list_audit_events(
    service: &AuthService,
    authority: Authority,
    person: Option<UserId>,
    page: Page<AuditCursor>,
) -> Result<AuditLog, Error> {
    require_admin(service, authority).await?;
    // One more than asked for tells whether there is a next page.
    let size = page.size;
    let page = Page { size: size + 1, ..page };
    let mut entries = service.stores.audit.list(person, page).await?;

    let has_more = entries.len() > size;
    entries.truncate(size);
    let next = if has_more { entries.last().map(AuditCursor::after) } else { None };
    Ok(AuditLog { entries, next })
}
