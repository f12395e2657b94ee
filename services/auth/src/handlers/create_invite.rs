//! `InviteService.CreateInvite`.

use confab_rpc::Caller;

use super::require_session;
use crate::audit::audit;
use crate::domain::{AuditEvent, AuditKind, Invitation, Invite, InviteCode, InviteId, InviteWish};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Invited;

/// Makes an invitation of `caller`'s.
pub async fn create_invite(
    service: &AuthService,
    caller: Caller,
    wish: InviteWish,
) -> Result<Invitation, Error> {
    require_session(service, caller).await?;
    let (code, now) = (InviteCode::generate()?, service.clock.now());
    let invite = Invite {
        id: InviteId::new(now),
        code_hash: code.hash(),
        creator: caller.user,
        created: now,
        expires: now.plus(wish.lifetime),
        uses: 0,
        uses_max: wish.uses_max,
    };
    match service.stores.invites.insert(&invite).await? {
        Invited::Yes => {
            let event = AuditEvent::of(AuditKind::InviteCreated, caller.user);
            audit(service, event.about(&invite.id.to_string())).await;
            Ok(Invitation { invite, code })
        }
        Invited::TooMany => Err(Error::TooManyInvites),
    }
}
