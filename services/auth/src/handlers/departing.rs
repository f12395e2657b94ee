//! Taking an account away, whoever wants it.

use confab_core::UserId;

use super::end_sessions;
use crate::audit::audit;
use crate::domain::{Actor, AuditEvent, AuditKind, Departure};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Departed;

/// Deletes the account of `user`, in the name of `actor`.
pub async fn delete(service: &AuthService, actor: Actor, user: UserId) -> Result<(), Error> {
    let departure = Departure::new(user, service.clock.now());
    match service.stores.departures.depart(&departure).await? {
        Departed::Yes => {}
        Departed::LastAdmin => return Err(Error::LastAdmin),
        Departed::NoSuchUser => return Err(Error::NoSuchUser { user }),
    }
    // After the account: nobody starts another one any more.
    end_sessions(service, user).await?;
    audit(service, AuditEvent::new(AuditKind::AccountDeleted, actor).to(Some(user))).await;
    service.eraser.bell.notify_one();
    Ok(())
}
