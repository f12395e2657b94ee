//! `AuthService.RefreshSession`.

use super::{end_session, sign};
use crate::audit::audit;
use crate::domain::{
    Actor, AddressPrefix, AuditEvent, AuditKind, RefreshToken, Rotation, Salt, Session, Tokens,
};
use crate::error::Error;
use crate::service::AuthService;

/// Swaps `token`, or what was claimed to be one, for the next ones of its session.
///
/// Whoever comes with a token that was used before ends the session, unless
/// they come so soon that they may not have got the answer: only one of the two
/// who hold it can be the owner, and we cannot tell which.
pub async fn refresh_session(
    service: &AuthService,
    token: Option<RefreshToken>,
    address: Option<AddressPrefix>,
) -> Result<Tokens, Error> {
    let token = token.ok_or(Error::SessionEnded)?;
    let (mut session, mut rotation) = find(service, &token).await?;
    if rotation.awaits(&token) {
        let now = service.clock.now();
        let (turned, refresh) = Rotation::turn(&token, Salt::generate()?, now);
        session = session.turned(turned, address.clone(), now);
        if service.stores.sessions.turn(&session, token.hash()).await? {
            return Ok(Tokens { access: sign(service, &session).await?, refresh });
        }
        // Another call with the same token was first: we say what it said.
        (session, rotation) = find(service, &token).await?;
    }
    if let Some(refresh) = rotation.repeat(&token, service.clock.now()) {
        return Ok(Tokens { access: sign(service, &session).await?, refresh });
    }
    end_session(service, session.id).await?;
    tracing::warn!(session = %session.id, user = %session.user, "a refresh token was used twice");
    let event = AuditEvent::new(AuditKind::RefreshTokenReused, Actor::Anybody).to(Some(session.user));
    audit(service, event.from(address)).await;
    Err(Error::SessionEnded)
}

/// The session that `token` belongs to, and how far its tokens have come.
async fn find(service: &AuthService, token: &RefreshToken) -> Result<(Session, Rotation), Error> {
    let now = service.clock.now();
    let session = service.stores.sessions.find_by_secret(token.family_hash(), now).await?;
    let session = session.ok_or(Error::SessionEnded)?;
    let rotation = session.rotation.clone().ok_or(Error::SessionEnded)?;
    Ok((session, rotation))
}

#[cfg(test)]
mod histories;
