//! `internal.UserDirectoryService.CheckPush`.

use confab_core::{SessionId, UserId};

use crate::domain::Name;
use crate::error::Error;
use crate::service::AuthService;

/// How it stands with somebody who is to be told, and with who has said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushCheck {
    /// Whether the session to be told is theirs and has not ended.
    pub session_live: bool,
    /// Whether either has blocked the other.
    pub blocked: bool,
    /// What the sender is called, if there is one still.
    pub sender_name: Option<Name>,
}

/// Looks how it stands with `user`, who is to be told in `session` of what `sender` has said.
pub async fn check_push(
    service: &AuthService,
    sender: UserId,
    user: UserId,
    session: SessionId,
) -> Result<PushCheck, Error> {
    let stores = &service.stores;
    let session = stores.sessions.find(session, service.clock.now()).await?;
    let blocked = stores.blocks.stands_between(user, sender).await?;
    let sender = stores.users.find_many(&[sender]).await?.into_iter().next();
    Ok(PushCheck {
        session_live: session.is_some_and(|session| session.user == user),
        blocked,
        sender_name: sender.map(|sender| sender.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{bob, join, test_service};

    #[tokio::test]
    async fn what_is_to_be_known_before_somebody_is_told() {
        let (service, _folder) = test_service().await;
        let ((ada, session), bob) = (join(&service).await, bob(&service).await);
        let (ada, sender_name) = (ada.user.id, Some(bob.name.clone()));
        let open = PushCheck { session_live: true, blocked: false, sender_name };
        assert_eq!(check_push(&service, bob.id, ada, session.id).await.unwrap(), open);

        // A session of somebody else is nobody's to be told in.
        let other = PushCheck { session_live: false, ..open.clone() };
        assert_eq!(
            check_push(&service, bob.id, bob.id, session.id).await.unwrap().session_live,
            other.session_live
        );
        service.stores.blocks.insert(ada, bob.id, session.created).await.unwrap();
        let blocked = PushCheck { blocked: true, ..open.clone() };
        assert_eq!(check_push(&service, bob.id, ada, session.id).await.unwrap(), blocked);

        service.stores.sessions.delete(session.id, session.created).await.unwrap();
        let nobody = UserId::new(session.created);
        let ended = PushCheck { session_live: false, blocked: false, sender_name: None };
        assert_eq!(check_push(&service, nobody, ada, session.id).await.unwrap(), ended);
    }
}
