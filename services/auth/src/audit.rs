//! Writes down what happened to accounts: on the log, and in the store.

use std::time::Duration;

use confab_core::Clock;

use crate::domain::{AddressPrefix, AuditEntry, AuditEvent};
use crate::service::AuthService;
use crate::store::Stores;

/// Writes down that `event` happened: as one line on the log target
/// `confab::audit`, and as an entry that admins can read.
///
/// What happened has happened: that it cannot be kept is said on the log, and
/// undoes nothing.
pub async fn audit(service: &AuthService, event: AuditEvent) {
    write(&service.stores, &*service.clock, service.audit_time, event).await;
}

/// The same for what goes on beside requests.
pub async fn write(stores: &Stores, clock: &dyn Clock, kept: Duration, event: AuditEvent) {
    let entry = say(clock, kept, event);
    if let Err(error) = stores.audit.append(&entry).await {
        tracing::error!(error = &error as &dyn std::error::Error, "an entry of the audit log is not kept");
    }
}

/// The same, on the log only: for what anybody can do as often as they like, who
/// could push out of the store with it what matters.
pub fn note(service: &AuthService, event: AuditEvent) {
    say(&*service.clock, service.audit_time, event);
}

fn say(clock: &dyn Clock, kept: Duration, event: AuditEvent) -> AuditEntry {
    let now = clock.now();
    let entry = event.into_entry(now, now.plus(kept));
    tracing::info!(
        target: "confab::audit",
        event = entry.kind,
        actor = %entry.actor,
        subject = entry.subject.map(tracing::field::display),
        network = entry.network.as_ref().map(AddressPrefix::as_str),
        about = entry.about,
    );
    entry
}

#[cfg(test)]
mod tests {
    use confab_core::page::Page;

    use super::*;
    use crate::domain::AuditKind;
    use crate::handlers::log_out;
    use crate::service::testing::{caller, join, test_service};

    async fn kept(service: &AuthService) -> Vec<AuditEntry> {
        service.stores.audit.list(None, Page { size: 10, after: None }).await.unwrap()
    }

    #[tokio::test]
    async fn what_somebody_does_is_kept_for_a_while() {
        let (service, _folder) = test_service().await;
        let (account, session) = join(&service).await;
        log_out(&service, caller(&session)).await.unwrap();
        let id = account.user.id;
        let mut said: Vec<_> =
            kept(&service).await.into_iter().map(|entry| (entry.kind, entry.subject)).collect();
        said.sort();
        assert_eq!(said, [("logged-out".to_owned(), Some(id)), ("signed-up".to_owned(), Some(id))]);

        // What has had its time goes when there is something new.
        let later = service.clock.now().plus(service.audit_time);
        let event = AuditEvent::of(AuditKind::EmailVerified, id);
        let entry = event.into_entry(later, later.plus(service.audit_time));
        service.stores.audit.append(&entry).await.unwrap();
        assert_eq!(kept(&service).await, [entry]);
    }
}
