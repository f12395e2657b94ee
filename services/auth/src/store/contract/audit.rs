//! What every [`AuditStore`](crate::store::AuditStore) promises.

use std::net::IpAddr;

use confab_core::UserId;
use confab_core::page::Page;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Actor, AddressPrefix, AuditCursor, AuditEntry, AuditEvent, AuditKind};
use crate::store::AuditStore;

fn entry(event: AuditEvent, second: u64) -> AuditEntry {
    event.into_entry(later(second), later(second + 1_000))
}

/// Reads the log page by page.
async fn list_all(audit: &dyn AuditStore, person: Option<UserId>, size: usize) -> Vec<AuditEntry> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = audit.list(person, Page { size, after }).await.unwrap();
        assert!(page.len() <= size);
        all.extend_from_slice(&page);
        match page.last() {
            Some(last) => after = Some(AuditCursor::after(last)),
            None => return all,
        }
    }
}

#[tokio::test]
async fn what_happened_is_listed_the_latest_first_and_once() {
    for TestStore { name, stores, .. } in &every_store("audit").await {
        let (ada, bob) = (UserId::new(NOW), UserId::new(NOW));
        let network = Some(AddressPrefix::of(IpAddr::from([192, 0, 2, 7])));
        let entries = [
            entry(AuditEvent::of(AuditKind::SignedUp, ada), 0),
            entry(AuditEvent::of(AuditKind::LoggedIn, bob).from(network).about("a phone"), 1),
            entry(AuditEvent::new(AuditKind::LogInRefused, Actor::Anybody), 2),
            entry(AuditEvent::new(AuditKind::PasswordReset, Actor::Operator).to(Some(ada)), 3),
            entry(AuditEvent::new(AuditKind::SessionRevoked, Actor::Person(ada)).to(Some(bob)), 4),
        ];
        for entry in &entries {
            stores.audit.append(entry).await.unwrap();
        }
        let expected = |numbers: &[usize]| numbers.iter().map(|n| entries[*n].clone()).collect::<Vec<_>>();
        for size in [1, 2, 100] {
            let list = async |person| list_all(&*stores.audit, person, size).await;
            assert_eq!(list(None).await, expected(&[4, 3, 2, 1, 0]), "{name}, {size}");
            assert_eq!(list(Some(ada)).await, expected(&[4, 3, 0]), "{name}, {size}");
            assert_eq!(list(Some(bob)).await, expected(&[4, 1]), "{name}, {size}");
            assert_eq!(list(Some(UserId::new(NOW))).await, [], "{name}, {size}");
        }
    }
}
