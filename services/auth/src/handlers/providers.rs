//! Finds out who comes back from a provider.

use confab_core::UserId;

use crate::audit::audit;
use crate::domain::{Attempt, AuditEvent, AuditKind, Identity, IdentityId, ProviderId, Return};
use crate::error::Error;
use crate::oidc::{Claims, Failed, Unfetched};
use crate::service::AuthService;
use crate::store::Linked;

/// Makes sure that whoever comes back was sent by us, from the same browser, to log
/// in or to link who they are to `user`, and asks the provider who they are. They
/// can come back once.
pub async fn receive(
    service: &AuthService,
    back: Return,
    user: Option<UserId>,
) -> Result<(ProviderId, Claims), Error> {
    let Return { state, binding, code } = back;
    let (state, binding) = state.zip(binding).ok_or(Error::NoSuchAttempt)?;
    let now = service.clock.now();
    let attempt = service.stores.identities.take_attempt(state.hash(), now).await?;
    let is_ours = |attempt: &Attempt| attempt.binding == binding.hash() && attempt.user == user;
    let attempt = attempt.filter(is_ours).ok_or(Error::NoSuchAttempt)?;
    let provider = service.providers.find(&attempt.provider).ok_or(Error::NoSuchProvider)?;
    let claims = service.providers.ask(provider, &code, &binding, now).await?;
    Ok((attempt.provider, claims))
}

/// Links who somebody is at `provider` to `user`.
pub async fn link(
    service: &AuthService,
    user: UserId,
    provider: ProviderId,
    claims: &Claims,
) -> Result<Identity, Error> {
    let created = service.clock.now();
    let email = claims.verified_email.clone().unwrap_or_default();
    let (id, subject) = (IdentityId::new(created), claims.subject.clone());
    let identity = Identity { id, user, provider, subject, email, created };
    match service.stores.identities.link(&identity).await? {
        Linked::Yes => {
            let event = AuditEvent::of(AuditKind::IdentityLinked, user);
            audit(service, event.about(identity.provider.as_str())).await;
            Ok(identity)
        }
        Linked::TooMany => Err(Error::TooManyIdentities),
        Linked::Taken => Err(Error::IdentityTaken),
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            // Whoever comes back with a code that the provider does not know, for one.
            Failed::Unfetched(Unfetched::Status(400..500)) | Failed::Untrusted(_) => {
                tracing::warn!(error = &failed as &dyn std::error::Error, "a provider's word was refused");
                Self::ProviderRefused
            }
            failed => Self::ProviderDown(failed),
        }
    }
}
